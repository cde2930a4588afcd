import type { ShownTweet } from '../services/tweet.service';
import { presentOwner } from './user.presenter';

/** A tweet, named field by field. */
export function presentTweet(tweet: ShownTweet, publicUrl: string) {
  return {
    _id: tweet._id.toString(),
    content: tweet.content,
    owner: tweet.owner ? presentOwner(tweet.owner, publicUrl) : null,
    likesCount: tweet.likesCount,
    isLiked: tweet.isLiked,
    createdAt: tweet.createdAt,
    updatedAt: tweet.updatedAt,
  };
}
