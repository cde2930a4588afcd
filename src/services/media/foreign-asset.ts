import path from 'node:path';
import type { MediaKind, PlannedAsset, StoredAsset } from './media-store';

/** No store of ours makes a name with a colon. */
const PREFIX = 'external:';

/**
 * A file that others keep for us, e.g. one of an imported database. It is shown by its address, counts
 * for no quota, and is never removed.
 * @param url absolute, or root-relative for a file that this server always has
 */
export function foreignAsset(url: string, kind: MediaKind): StoredAsset {
  return {
    url,
    publicId: `${PREFIX}${url}`,
    resourceType: kind,
    bytes: 0,
    format: formatOf(url),
  };
}

/** Whether a file is not ours to remove. */
export function isForeign({ publicId }: Pick<PlannedAsset, 'publicId'>): boolean {
  return publicId.startsWith(PREFIX);
}

/** The extension without its dot, as far as the address has one. */
export function formatOf(url: string): string {
  const { pathname } = new URL(url, 'http://localhost');
  return path.posix.extname(pathname).slice(1).toLowerCase() || 'unknown';
}
