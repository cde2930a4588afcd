import type { Logger } from 'pino';
import type { Config } from './config';
import type { MediaJobs } from './services/jobs/media-jobs.service';
import type { Mailer } from './services/mail/mailer';
import type { MediaStore } from './services/media/media-store';
import type { Metrics } from './services/metrics/metrics.service';
import type { Removals } from './services/removal/removal.service';
import type { Throttles } from './services/throttle.service';
import type { Uploads } from './services/uploads/upload.service';
import type { ViewBuffer } from './services/view-buffer';

/** Everything a router may need from outside; handed down explicitly, never looked up globally. */
export interface AppDependencies {
  readonly config: Config;
  readonly logger: Logger;
  readonly mediaStore: MediaStore;
  readonly throttles: Throttles;
  readonly mailer: Mailer;
  readonly views: ViewBuffer;
  readonly removals: Removals;
  readonly jobs: MediaJobs;
  readonly uploads: Uploads;
  readonly metrics: Metrics;
  /** Where clients reach us, without a trailing slash; known only once we listen (PORT=0). */
  readonly publicUrl: () => string;
  /** Resolves when database and media store answer, rejects with the reason otherwise. */
  readonly checkReadiness: () => Promise<void>;
}
