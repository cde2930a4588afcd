import { foreignAsset, formatOf } from '../media/foreign-asset';
import type { StoredAsset } from '../media/media-store';

/** Whose Cloudinary files become ours, to be removed with what they belong to; nobody's by default. */
export interface MediaOptions {
  ownCloudName?: string;
}

/**
 * A file that a course backend knows by its address alone.
 * @param value the address, or an object that holds it in `url` or `secure_url`
 * @returns undefined where there is no address that a browser could fetch
 */
export function courseAsset(
  value: unknown,
  kind: 'image' | 'video',
  { ownCloudName }: MediaOptions,
): StoredAsset | undefined {
  const url = addressOf(value);
  if (!url) return undefined;
  // The course keeps Cloudinary's plain address, which a page under HTTPS may not show.
  if (url.hostname === CLOUDINARY_HOST) url.protocol = 'https:';
  const asset = foreignAsset(url.href, kind);
  const publicId = ownCloudName && cloudinaryName(url, ownCloudName, kind);
  return publicId ? { ...asset, publicId, format: formatOf(url.href) } : asset;
}

const CLOUDINARY_HOST = 'res.cloudinary.com';

function addressOf(value: unknown): URL | undefined {
  if (typeof value === 'string') {
    return URL.canParse(value) && /^https?:/i.test(value) ? new URL(value) : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { secure_url: secure, url } = value as { secure_url?: unknown; url?: unknown };
  return addressOf(secure ?? url);
}

/**
 * What stands behind the version in `/<cloud>/<kind>/upload/v1712345678/<public id>.<extension>`. An
 * address without a version may hold transformations that look like folders: nobody can be sure.
 */
function cloudinaryName(url: URL, cloudName: string, kind: 'image' | 'video'): string | undefined {
  const [, cloud, type, action, ...rest] = url.pathname.split('/');
  if (url.hostname !== CLOUDINARY_HOST || cloud !== cloudName) return undefined;
  if (type !== kind || action !== 'upload') return undefined;
  const version = rest.findIndex((part) => /^v\d+$/.test(part));
  if (version < 0) return undefined;
  const name = decoded(rest.slice(version + 1).join('/'));
  return name?.replace(/\.[^./]+$/, '') || undefined;
}

/** Undefined for what is no encoded text, as not every percent sign in an address is an escape. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
