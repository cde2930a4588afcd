import { isIP } from 'node:net';
import path from 'node:path';
import ms, { type StringValue } from 'ms';
import { z } from 'zod';

const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;

const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine(
      (value) => value >= minimum && value <= maximum,
      `must be between ${minimum} and ${maximum}`,
    );

/** `15m`, `10d`, or plain digits meaning seconds; at least one second, at most a year. */
const duration = z.string().transform((text, context) => {
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : ms(text as StringValue);
  const seconds = Math.floor((milliseconds ?? Number.NaN) / 1000);
  if (Number.isFinite(seconds) && seconds >= 1 && seconds <= 366 * 24 * 3600) return seconds;
  context.addIssue({ code: 'custom', message: 'must be a duration such as 15m, 12h or 10d' });
  return z.NEVER;
});

/** The origin of an http(s) address, or undefined for anything else. */
function httpOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

const origins = z.string().transform((text, context) => {
  const entries = text
    .split(',')
    .map((entry) => entry.trim().replace(/\/$/, ''))
    .filter((entry) => entry !== '');
  if (entries.every((entry) => entry === '*' || httpOrigin(entry) === entry)) return entries;
  context.addIssue({
    code: 'custom',
    message: 'must be a comma-separated list of origins such as https://app.example.com',
  });
  return z.NEVER;
});

const publicUrl = z
  .string()
  .refine((text) => httpOrigin(text) !== undefined, 'must be an http or https address')
  .transform((text) => text.replace(/\/+$/, ''));

/** The message names the shape alone: the address holds the password of the mail server. */
const smtpUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol),
    'must be like smtp://user:password@mail.example.com:587, or smtps',
  );

/** An address, alone or in angle brackets behind a name. */
const mailbox = z.string().refine((text) => {
  const address = /^[^<>\p{Cc}]*<([^<>]+)>$/u.exec(text)?.[1] ?? text;
  return z.email().safeParse(address).success;
}, 'must be like no-reply@example.com or VideoTube <no-reply@example.com>');

const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Express's own meanings: false, a number of hops, or a list of proxy addresses. Not `true`: it
 * believes the address that a client makes up, and every throttle with it.
 */
const trustProxy = z.string().transform((text, context) => {
  if (text === 'false') return false;
  if (/^\d+$/.test(text)) return Number(text);
  if (text.split(',').every((entry) => isNetwork(entry.trim()))) return text;
  context.addIssue({
    code: 'custom',
    message: 'must be a number of hops or a list of addresses such as 10.0.0.0/8',
  });
  return z.NEVER;
});

/** An address, a network in CIDR notation, or one of the names that Express knows. */
function isNetwork(entry: string): boolean {
  if (NAMED_NETWORKS.has(entry)) return true;
  const [address = '', bits, ...rest] = entry.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  return longest > 0 && rest.length === 0 && prefix >= 1 && prefix <= longest;
}

const mongodbUri = z
  .string()
  .regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://');

const variables = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'], 'must be development, production or test')
    .default('development'),
  PORT: wholeNumber(0, 65_535).default(8000),
  WEB_CONCURRENCY: wholeNumber(1, 256).default(1),
  // Set by the primary process for each of its workers.
  videotube_worker_number: wholeNumber(1, 256).optional(),
  MONGODB_URI: mongodbUri.optional(),
  AUTO_MIGRATE: z.enum(['on', 'off'], 'must be on or off').default('on'),
  CORS_ORIGIN: origins.default([]),
  ACCESS_TOKEN_EXPIRY: duration.default(15 * 60),
  REFRESH_TOKEN_EXPIRY: duration.default(10 * 24 * 3600),
  CLOUDINARY_CLOUD_NAME: z.string().optional(),
  CLOUDINARY_API_KEY: z.string().optional(),
  CLOUDINARY_API_SECRET: z.string().optional(),
  CLOUDINARY_UPLOAD_PREFIX: publicUrl.optional(),
  DATA_DIR: z
    .string()
    .default('./.data')
    .transform((text) => path.resolve(text)),
  METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters long').optional(),
  PUBLIC_URL: publicUrl.optional(),
  APP_URL: publicUrl.optional(),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: mailbox.optional(),
  MAX_VIDEO_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(2048 * MEBIBYTE),
  MAX_IMAGE_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(10 * MEBIBYTE),
  MAX_AUDIO_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(512 * MEBIBYTE),
  MAX_DOCUMENT_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(32 * MEBIBYTE),
  MIN_FREE_BYTES: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(64 * MEBIBYTE),
  FFMPEG_PATH: z.string().optional(),
  MAX_BYTES_PER_USER: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(100 * GIBIBYTE),
  COOKIE_SAMESITE: z.enum(['lax', 'strict', 'none'], 'must be lax, strict or none').default('lax'),
  TRUST_PROXY: trustProxy.default(false),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level')
    .optional(),
  BCRYPT_COST: wholeNumber(4, 16).default(12),
  CREDENTIAL_ATTEMPTS_PER_MINUTE: wholeNumber(1, 1_000_000).default(60),
  READS_PER_MINUTE: wholeNumber(1, 100_000_000).default(300_000),
  WRITES_PER_MINUTE: wholeNumber(1, 100_000_000).default(12_000),
  UPLOAD_EXPIRY: duration.default(24 * 3600),
  MAX_CONCURRENT_UPLOADS: wholeNumber(1, 1_000_000).default(6),
  UPLOADS_PER_MINUTE: wholeNumber(1, 1_000_000).default(120),
  FAILED_LOGINS_PER_ACCOUNT: wholeNumber(1, 1_000_000).default(10),
  SHUTDOWN_DEADLINE_SECONDS: wholeNumber(1, 3600).default(10),
  // Set by npm itself for the script that it runs.
  npm_lifecycle_event: z.string().optional(),
  VIEW_WINDOW_SECONDS: wholeNumber(1, 30 * 24 * 3600).default(24 * 3600),
  VIEW_RULE: z.enum(['open', 'watch'], 'must be open or watch').default('open'),
  VIEW_FLUSH_SECONDS: wholeNumber(1, 3600).default(5),
  PUBLISH_PATIENCE_SECONDS: wholeNumber(0, 3600).default(20),
  JOB_LEASE_SECONDS: wholeNumber(1, 3600).default(30),
  // With a quarter of an hour between most of them: about two days.
  JOB_ATTEMPTS: wholeNumber(1, 1_000_000).default(200),
});

/** The names of all variables, for whoever looks for misspelt ones. */
export const KNOWN_VARIABLES: ReadonlySet<string> = new Set([
  ...Object.keys(variables.shape),
  'ACCESS_TOKEN_SECRET',
  'ACCESS_TOKEN_PREVIOUS_SECRETS',
  'REFRESH_TOKEN_SECRET',
  'REFRESH_TOKEN_PREVIOUS_SECRETS',
]);

const CLOUDINARY_SET = [
  'CLOUDINARY_CLOUD_NAME',
  'CLOUDINARY_API_KEY',
  'CLOUDINARY_API_SECRET',
] as const;

/** Every variable we read except the token secrets, which have rules of their own. */
export const environmentSchema = variables.superRefine((values, context) => {
  const missing = CLOUDINARY_SET.filter((name) => values[name] === undefined);
  if (missing.length > 0 && missing.length < CLOUDINARY_SET.length) {
    for (const name of missing) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'is missing while other CLOUDINARY_* variables are set',
      });
    }
  }
  // Mail servers refuse senders that are not theirs, so there is none to assume.
  if (values.SMTP_URL !== undefined && values.MAIL_FROM === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['MAIL_FROM'],
      message: 'is missing while SMTP_URL is set',
    });
  }
  const hasAddress = values.PUBLIC_URL !== undefined || values.APP_URL !== undefined;
  if (values.NODE_ENV === 'production' && values.SMTP_URL !== undefined && !hasAddress) {
    context.addIssue({
      code: 'custom',
      path: ['PUBLIC_URL'],
      message: 'is missing in production while SMTP_URL is set: mails link to it, or to APP_URL',
    });
  }
  // OWASP Password Storage: a bcrypt work factor of at least 10. Only tests may be faster.
  if (values.BCRYPT_COST < 10 && values.NODE_ENV !== 'test') {
    context.addIssue({ code: 'custom', path: ['BCRYPT_COST'], message: 'must be at least 10' });
  }
  // Browsers drop SameSite=None cookies that are not Secure, and Secure is for production alone.
  if (values.COOKIE_SAMESITE === 'none' && values.NODE_ENV !== 'production') {
    context.addIssue({
      code: 'custom',
      path: ['COOKIE_SAMESITE'],
      message: 'may be none only in production, where cookies are Secure',
    });
  }
});
