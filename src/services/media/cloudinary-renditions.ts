import { v2 as cloudinary } from 'cloudinary';
import { NotYetError } from '../jobs/not-yet';
import type { CloudinaryAccount } from './cloudinary-account';
import type { Renditions, StoredAsset } from './media-store';
import { ProviderError } from './provider-error';

const STREAMING_FORMAT = 'm3u8';
const PAGE_SIZE = 500;
const SOONEST_SECONDS = 15;
const LATEST_SECONDS = 15 * 60;
/** Cloudinary takes minutes, or an hour for a long film. */
const GIVE_UP_SECONDS = 24 * 3600;

/** What is kept of a rendition in an answer of the Admin API, or in a notification. */
interface Derived {
  format?: string | undefined;
  secure_url?: string | undefined;
}

/** The address of the playlist among these renditions, if it is there. */
export function streamingPlaylistOf(derived: readonly Derived[]): string | undefined {
  return derived.find(
    ({ format, secure_url: url }) => format === STREAMING_FORMAT || url?.endsWith('.m3u8'),
  )?.secure_url;
}

/**
 * Looks whether Cloudinary has made the streaming renditions that the upload asked for.
 * @throws NotYetError while it may still be at it: the longer it takes, the more rarely we ask
 * @throws ProviderError not to be repeated once it has had a day; and as of any call
 */
export async function findStreamingPlaylist(
  account: CloudinaryAccount,
  { publicId }: Pick<StoredAsset, 'publicId'>,
  signal?: AbortSignal,
): Promise<Renditions> {
  let cursor: string | undefined;
  let createdAt: string;
  do {
    const page = await account.call({ action: 'look for renditions', signal }, (options) =>
      readDerived(publicId, { ...options, derived_next_cursor: cursor }),
    );
    const hlsUrl = streamingPlaylistOf(page.derived);
    if (hlsUrl !== undefined) return { hlsUrl };
    createdAt = page.created_at;
    cursor = page.derived_next_cursor;
  } while (cursor !== undefined);
  throw notYet((Date.now() - Date.parse(createdAt)) / 1000);
}

function notYet(ageSeconds: number): Error {
  if (ageSeconds > GIVE_UP_SECONDS) {
    const cause = new Error('Cloudinary has made no streaming renditions within a day');
    return new ProviderError({ cause, retryable: false });
  }
  const wait = Math.min(Math.max(ageSeconds / 2, SOONEST_SECONDS), LATEST_SECONDS);
  return new NotYetError(Math.ceil(wait));
}

interface DerivedPage {
  created_at: string;
  derived: Derived[];
  derived_next_cursor?: string;
}

async function readDerived(
  publicId: string,
  { derived_next_cursor: cursor, ...options }: Record<string, unknown>,
): Promise<DerivedPage> {
  const answer = (await cloudinary.api.resource(publicId, {
    ...options,
    resource_type: 'video',
    type: 'upload',
    max_results: PAGE_SIZE,
    // The SDK would send an absent cursor as an empty one.
    ...(cursor !== undefined && { derived_next_cursor: cursor as string }),
  })) as Partial<DerivedPage> | undefined;
  if (!answer?.created_at) throw new Error('an answer without an asset');
  return { ...answer, created_at: answer.created_at, derived: answer.derived ?? [] };
}
