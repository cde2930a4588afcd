import path from 'node:path';
import type { z } from 'zod';
import { environmentSchema } from './environment.schema';
import { resolveTokenSecrets, type ResolvedSecrets } from './token-secrets';

export type NodeEnvironment = 'development' | 'production' | 'test';

export interface TokenConfig {
  readonly secret: string;
  /** Secrets of before a change: tokens signed by them are still good, until they expire. */
  readonly previousSecrets: readonly string[];
  readonly expirySeconds: number;
}

export interface CloudinaryConfig {
  readonly cloudName: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Replaces https://api.cloudinary.com, e.g. for another region. */
  readonly uploadPrefix?: string;
}

export interface FfmpegConfig {
  /** A path, or a name to look up in `searchPath`. */
  readonly command: string;
  readonly searchPath: string;
  /** Whether it was asked for, so that its absence is a fault. */
  readonly isRequired: boolean;
}

export interface MailConfig {
  /** Holds the password of the mail server. Absent: mails are written to a folder of `dataDir`. */
  readonly smtpUrl?: string;
  /** The sender, as in a mail's head. */
  readonly from: string;
}

/** The whole configuration, parsed and frozen once at boot. Sizes in bytes, times in seconds. */
export interface Config {
  readonly nodeEnv: NodeEnvironment;
  readonly isProduction: boolean;
  readonly port: number;
  /** Processes that serve. */
  readonly webConcurrency: number;
  /** From 1, of a process that its primary has started beside others; absent otherwise. */
  readonly workerNumber?: number;
  /** Absent: the embedded database under `dataDir`. */
  readonly mongodbUri?: string;
  /** Whether a server that starts makes what its database lacks. */
  readonly autoMigrate: boolean;
  readonly corsOrigins: readonly string[];
  readonly accessToken: TokenConfig;
  readonly refreshToken: TokenConfig;
  /** Absent: the local media store under `dataDir`. */
  readonly cloudinary?: CloudinaryConfig;
  readonly dataDir: string;
  /** Where multer puts uploads on their way; never served. */
  readonly tempDir: string;
  /** Where resumable uploads wait; never served. */
  readonly uploadsDir: string;
  /** How long a resumable upload lives from its last byte. */
  readonly uploadExpirySeconds: number;
  /** Of one account, or one network of guests, across all instances. */
  readonly maxConcurrentUploads: number;
  /** What whoever reads /metrics shows; absent: this machine alone may read them. */
  readonly metricsToken?: string;
  readonly publicUrl?: string;
  /** Where the frontend shows the pages of the links in mails; absent: this server's own. */
  readonly appUrl?: string;
  readonly mail: MailConfig;
  readonly maxVideoBytes: number;
  readonly maxImageBytes: number;
  readonly maxAudioBytes: number;
  readonly maxDocumentBytes: number;
  /** A disk with less room than this takes no more uploads, so that the database can still write. */
  readonly minFreeBytes: number;
  /** Absent: no renditions and thumbnails are made by ffmpeg. */
  readonly ffmpeg?: FfmpegConfig;
  /** Of all the files of one account. */
  readonly maxBytesPerUser: number;
  readonly cookieSameSite: 'lax' | 'strict' | 'none';
  /** Express's `trust proxy`: false, a number of hops, or a list of addresses. */
  readonly trustProxy: false | number | string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly bcryptCost: number;
  /** Per address, for each of register, login, refresh. */
  readonly credentialAttemptsPerMinute: number;
  /** Of one person, or one guest's address, at one instance. */
  readonly readsPerMinute: number;
  readonly writesPerMinute: number;
  /** Of one person, across all instances. */
  readonly uploadsPerMinute: number;
  /** Per account, before it rests for a quarter of an hour. */
  readonly failedLoginsPerAccount: number;
  /** How long a stopping server waits for requests in flight. */
  readonly shutdownDeadlineSeconds: number;
  /** Run by one of our npm scripts: then the end of its shell is the end of the server. */
  readonly stopWithParent: boolean;
  /** One person's repeated views of one video within this time count once. */
  readonly viewWindowSeconds: number;
  /** What makes a view: opening the watch page, or a while of watching. */
  readonly viewRule: 'open' | 'watch';
  /** Views are added up this long before they are written: the most that a crash can lose. */
  readonly viewFlushSeconds: number;
  /** How long the request that publishes a video waits for it to be stored. */
  readonly publishPatienceSeconds: number;
  /** A job of which nothing was heard for this long may be taken up by another instance. */
  readonly jobLeaseSeconds: number;
  /** Failed attempts before a job waits for its owner. */
  readonly jobAttempts: number;
}

/** Thrown when the environment cannot be used; lists every fault, names variables, never values. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`Invalid configuration: ${faults.join('; ')}`);
    this.name = 'ConfigError';
  }
}

// The same depth from src/config and from dist/config.
const PACKAGE_ROOT = path.resolve(__dirname, '..', '..');

/**
 * Parses the environment into a frozen Config. Outside production, missing token secrets are
 * generated once into DATA_DIR.
 * @param notify told, in one line each, what was generated or defaulted and deserves notice
 * @param mayGenerate false: missing secrets stay empty, and nothing is written
 * @throws ConfigError listing every fault at once
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  notify: (message: string) => void = () => undefined,
  { mayGenerate = true } = {},
): Config {
  // `NAME=` in a .env file means "not set", as a commented-out line does.
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = environmentSchema.safeParse(present);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  const production = present.NODE_ENV === 'production';
  const secrets = resolveTokenSecrets({
    accessSecret: present.ACCESS_TOKEN_SECRET,
    refreshSecret: present.REFRESH_TOKEN_SECRET,
    previousAccessSecrets: present.ACCESS_TOKEN_PREVIOUS_SECRETS,
    previousRefreshSecrets: present.REFRESH_TOKEN_PREVIOUS_SECRETS,
    production,
    // With faults we stop anyway: nothing is generated.
    dataDir: parsed.success && mayGenerate ? parsed.data.DATA_DIR : undefined,
    notify,
  });
  faults.push(...secrets.faults);
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return buildConfig(parsed.data, secrets, environment.PATH ?? '');
}

function buildConfig(
  values: z.output<typeof environmentSchema>,
  secrets: ResolvedSecrets,
  searchPath: string,
): Config {
  return Object.freeze({
    nodeEnv: values.NODE_ENV,
    isProduction: values.NODE_ENV === 'production',
    port: values.PORT,
    webConcurrency: values.WEB_CONCURRENCY,
    workerNumber: values.videotube_worker_number,
    mongodbUri: values.MONGODB_URI,
    autoMigrate: values.AUTO_MIGRATE === 'on',
    corsOrigins: Object.freeze(values.CORS_ORIGIN),
    accessToken: Object.freeze({
      secret: secrets.access,
      previousSecrets: Object.freeze(secrets.previousAccess),
      expirySeconds: values.ACCESS_TOKEN_EXPIRY,
    }),
    refreshToken: Object.freeze({
      secret: secrets.refresh,
      previousSecrets: Object.freeze(secrets.previousRefresh),
      expirySeconds: values.REFRESH_TOKEN_EXPIRY,
    }),
    cloudinary: cloudinaryConfig(values),
    dataDir: values.DATA_DIR,
    tempDir: path.join(PACKAGE_ROOT, 'public', 'temp'),
    uploadsDir: path.join(values.DATA_DIR, 'uploads'),
    uploadExpirySeconds: values.UPLOAD_EXPIRY,
    maxConcurrentUploads: values.MAX_CONCURRENT_UPLOADS,
    metricsToken: values.METRICS_TOKEN,
    publicUrl: values.PUBLIC_URL,
    appUrl: values.APP_URL,
    mail: Object.freeze({
      smtpUrl: values.SMTP_URL,
      from: values.MAIL_FROM ?? 'VideoTube <no-reply@localhost>',
    }),
    maxVideoBytes: values.MAX_VIDEO_BYTES,
    maxImageBytes: values.MAX_IMAGE_BYTES,
    maxAudioBytes: values.MAX_AUDIO_BYTES,
    maxDocumentBytes: values.MAX_DOCUMENT_BYTES,
    minFreeBytes: values.MIN_FREE_BYTES,
    ffmpeg: ffmpegConfig(values, searchPath),
    maxBytesPerUser: values.MAX_BYTES_PER_USER,
    cookieSameSite: values.COOKIE_SAMESITE,
    trustProxy: values.TRUST_PROXY,
    logLevel: values.LOG_LEVEL ?? (values.NODE_ENV === 'test' ? 'silent' : 'info'),
    bcryptCost: values.BCRYPT_COST,
    credentialAttemptsPerMinute: values.CREDENTIAL_ATTEMPTS_PER_MINUTE,
    failedLoginsPerAccount: values.FAILED_LOGINS_PER_ACCOUNT,
    shutdownDeadlineSeconds: values.SHUTDOWN_DEADLINE_SECONDS,
    stopWithParent: ['start', 'dev'].includes(values.npm_lifecycle_event ?? ''),
    viewWindowSeconds: values.VIEW_WINDOW_SECONDS,
    viewRule: values.VIEW_RULE,
    viewFlushSeconds: values.VIEW_FLUSH_SECONDS,
    publishPatienceSeconds: values.PUBLISH_PATIENCE_SECONDS,
    jobLeaseSeconds: values.JOB_LEASE_SECONDS,
    jobAttempts: values.JOB_ATTEMPTS,
    readsPerMinute: values.READS_PER_MINUTE,
    writesPerMinute: values.WRITES_PER_MINUTE,
    uploadsPerMinute: values.UPLOADS_PER_MINUTE,
  });
}

/** Tests are the same with and without ffmpeg on the machine: they say when they want it. */
function ffmpegConfig(
  values: z.output<typeof environmentSchema>,
  searchPath: string,
): FfmpegConfig | undefined {
  const command = values.FFMPEG_PATH ?? (values.NODE_ENV === 'test' ? 'off' : 'ffmpeg');
  if (command === 'off') return undefined;
  const isRequired = values.FFMPEG_PATH !== undefined;
  return Object.freeze({ command, searchPath, isRequired });
}

function cloudinaryConfig(
  values: z.output<typeof environmentSchema>,
): CloudinaryConfig | undefined {
  const { CLOUDINARY_CLOUD_NAME, CLOUDINARY_API_KEY, CLOUDINARY_API_SECRET } = values;
  if (!CLOUDINARY_CLOUD_NAME || !CLOUDINARY_API_KEY || !CLOUDINARY_API_SECRET) return undefined;
  return Object.freeze({
    cloudName: CLOUDINARY_CLOUD_NAME,
    apiKey: CLOUDINARY_API_KEY,
    apiSecret: CLOUDINARY_API_SECRET,
    uploadPrefix: values.CLOUDINARY_UPLOAD_PREFIX,
  });
}
