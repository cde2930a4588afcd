import type { Model } from 'mongoose';
import { AccountToken } from './account-token.model';
import { ChannelTally } from './channel-tally.model';
import { Comment } from './comment.model';
import { DayViews } from './day-views.model';
import { ExportLease } from './export-lease.model';
import { Like } from './like.model';
import { MediaJob } from './media-job.model';
import { ModerationLog } from './moderation-log.model';
import { Playlist } from './playlist.model';
import { Removal } from './removal.model';
import { Report } from './report.model';
import { Session } from './session.model';
import { Subscription } from './subscription.model';
import { Tweet } from './tweet.model';
import { TwoFactor } from './two-factor.model';
import { UploadSlot } from './upload-slot.model';
import { Upload } from './upload.model';
import { UserFile } from './user-file.model';
import { User } from './user.model';
import { VideoTally } from './video-tally.model';
import { Video } from './video.model';
import { ViewMark } from './view-mark.model';
import { WatchHistory } from './watch-history.model';

/** What the product stores: its collections and their indexes are made from these. */
export const ALL_MODELS = [
  AccountToken,
  ChannelTally,
  Comment,
  DayViews,
  ExportLease,
  Like,
  MediaJob,
  ModerationLog,
  Playlist,
  Removal,
  Report,
  Session,
  Subscription,
  Tweet,
  TwoFactor,
  Upload,
  UploadSlot,
  User,
  UserFile,
  Video,
  VideoTally,
  ViewMark,
  WatchHistory,
] as unknown as readonly Model<unknown>[];
