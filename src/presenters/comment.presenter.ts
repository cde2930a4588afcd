import type { ShownComment } from '../models/comment.pipeline';
import { presentOwner } from './user.presenter';

/** A comment or reply, named field by field. */
export function presentComment(comment: ShownComment, publicUrl: string) {
  return {
    _id: comment._id.toString(),
    content: comment.content,
    video: comment.video.toString(),
    parent: comment.parent?.toString() ?? null,
    owner: comment.owner ? presentOwner(comment.owner, publicUrl) : null,
    likesCount: comment.likesCount,
    isLiked: comment.isLiked,
    repliesCount: comment.repliesCount,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
  };
}
