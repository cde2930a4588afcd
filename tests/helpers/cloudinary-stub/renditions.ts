import { randomBytes } from 'node:crypto';
import { signNotification } from './account';
import type { StubAsset } from './assets';

export interface FinishOptions {
  /** Cloudinary could not make them. */
  failed?: boolean;
  /** Whether the address that the upload named is told; it is unless this says no. */
  notify?: boolean;
}

/** The notification that the renditions of an asset are finished, as Cloudinary words it. */
export function renditionsNotification(asset: StubAsset): string {
  return JSON.stringify({
    notification_type: 'eager',
    timestamp: new Date().toISOString(),
    request_id: randomBytes(16).toString('hex'),
    batch_id: randomBytes(32).toString('hex'),
    asset_id: randomBytes(16).toString('hex'),
    public_id: asset.publicId,
    eager: asset.renditions.map(({ transformation, format, url, state }) =>
      state === 'failed'
        ? { transformation, status: 'failed', reason: 'Video is not valid' }
        : { transformation, format, bytes: 400, url: url.replace('s:', ':'), secure_url: url },
    ),
  });
}

/**
 * Finishes what is being made of these assets and tells who asked for it.
 * @returns the statuses that the notifications were answered with
 */
export async function finishRenditions(
  assets: readonly StubAsset[],
  { failed = false, notify = true }: FinishOptions = {},
): Promise<number[]> {
  const statuses: number[] = [];
  for (const asset of assets) {
    const pending = asset.renditions.filter(({ state }) => state === 'processing');
    if (pending.length === 0) continue;
    for (const rendition of pending) rendition.state = failed ? 'failed' : 'ready';
    if (!notify || asset.notificationUrl === undefined) continue;
    const body = renditionsNotification(asset);
    const answer = await fetch(asset.notificationUrl, {
      method: 'POST',
      headers: signNotification(body),
      body,
    });
    statuses.push(answer.status);
  }
  return statuses;
}
