import type { Operations } from '../operation';
import { adminOperations } from './admin.operations';
import { commentOperations } from './comment.operations';
import { dashboardOperations } from './dashboard.operations';
import { exportOperations } from './export.operations';
import { likeOperations } from './like.operations';
import { moderationOperations } from './moderation.operations';
import { playlistOperations } from './playlist.operations';
import { recoveryOperations } from './recovery.operations';
import { reportOperations } from './report.operations';
import { searchOperations } from './search.operations';
import { mediaOperations, serviceOperations } from './service.operations';
import { sessionOperations } from './session.operations';
import { subscriptionOperations } from './subscription.operations';
import { tweetOperations } from './tweet.operations';
import { twoFactorOperations } from './two-factor.operations';
import { userFileOperations } from './user-file.operations';
import { uploadOperations } from './upload.operations';
import { userOperations } from './user.operations';
import { videoOperations } from './video.operations';
import { watchHistoryOperations } from './watch-history.operations';
import { webhookOperations } from './webhook.operations';

/** Every operation of the API; `tests/contract` holds this list to the mounted routes. */
export const OPERATIONS: Operations = {
  ...serviceOperations,
  ...userOperations,
  ...sessionOperations,
  ...recoveryOperations,
  ...twoFactorOperations,
  ...exportOperations,
  ...uploadOperations,
  ...videoOperations,
  ...searchOperations,
  ...commentOperations,
  ...tweetOperations,
  ...likeOperations,
  ...playlistOperations,
  ...subscriptionOperations,
  ...watchHistoryOperations,
  ...dashboardOperations,
  ...reportOperations,
  ...adminOperations,
  ...moderationOperations,
  ...userFileOperations,
  ...mediaOperations,
  ...webhookOperations,
};
