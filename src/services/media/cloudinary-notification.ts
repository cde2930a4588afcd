import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { API_PREFIX } from '../../constants';
import { streamingPlaylistOf } from './cloudinary-renditions';

/** Where Cloudinary tells what it has finished (see `routes/webhook.routes.ts`). */
export const CLOUDINARY_WEBHOOK_PATH = `${API_PREFIX}/webhooks/cloudinary`;

/** As the SDK's own check: an older notification may be a copy that somebody sends again. */
const VALID_SECONDS = 2 * 3600;

export interface SignedNotification {
  body: Buffer;
  /** `X-Cld-Timestamp`: seconds since 1970. */
  timestamp: string;
  /** `X-Cld-Signature`, in hex. */
  signature: string;
}

/**
 * Whether Cloudinary sent this, not long ago: the signature is the SHA-1 of body, timestamp and
 * secret, one after the other (Cloudinary, "Verifying notification signatures"). The SDK's own
 * function reads the secret from a global configuration, which we do not have.
 */
export function isGenuineNotification(
  { body, timestamp, signature }: SignedNotification,
  apiSecret: string,
): boolean {
  // The body is JSON and so ends in no digit: none can be moved from one part to the next.
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > VALID_SECONDS) return false;
  const expected = createHash('sha1').update(body).update(`${timestamp}${apiSecret}`).digest();
  const received = Buffer.from(signature, 'hex');
  return received.length === expected.length && timingSafeEqual(received, expected);
}

const eagerNotification = z.object({
  notification_type: z.literal('eager'),
  public_id: z.string(),
  eager: z.array(
    z.object({
      transformation: z.string().optional(),
      format: z.string().optional(),
      secure_url: z.string().optional(),
      status: z.string().optional(),
    }),
  ),
});

const UNUSABLE: ReadonlySet<string | undefined> = new Set(['failed', 'processing']);

/** How Cloudinary's work on the streaming renditions of an asset has ended. */
export interface FinishedRenditions {
  publicId: string;
  /** Absent when it could not make them. */
  hlsUrl?: string;
}

/** What a notification says of streaming renditions; undefined when it is about anything else. */
export function readFinishedRenditions(notification: unknown): FinishedRenditions | undefined {
  const { success, data } = eagerNotification.safeParse(notification);
  if (!success) return undefined;
  const { public_id: publicId, eager } = data;
  const hlsUrl = streamingPlaylistOf(eager.filter(({ status }) => !UNUSABLE.has(status)));
  if (hlsUrl !== undefined) return { publicId, hlsUrl };
  const hasFailed = eager.some(
    ({ status, transformation }) =>
      status === 'failed' && (transformation === undefined || transformation.endsWith('/m3u8')),
  );
  return hasFailed ? { publicId } : undefined;
}
