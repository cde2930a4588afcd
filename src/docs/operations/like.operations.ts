import type { Operations } from '../operation';
import { likeState } from '../schemas/like.schema';

export const likeOperations: Operations = {
  'POST /api/v1/likes/toggle/v/:videoId': {
    tag: 'Likes',
    summary: 'Like a video or take the like back',
    access: 'signed in',
    rateLimit: 'write',
    answer: likeState,
    failures: ['404 VIDEO_NOT_FOUND'],
    example: { params: { videoId: '{{videoId}}' }, data: { isLiked: true, likesCount: 43 } },
  },
};
