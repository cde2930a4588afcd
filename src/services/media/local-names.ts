import { randomBytes } from 'node:crypto';
import path from 'node:path';

/** Under which path stored files are served (see `routes/media.routes.ts`). */
export const LOCAL_MEDIA_PATH = '/media';

/** Two folder levels of two hex digits, a 128-bit name, an extension. */
const PUBLIC_ID = /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{32}\.[a-z0-9]{2,4}$/;
/** A file's companions: the folder of its renditions, and drafts of both. */
const COMPANION =
  /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{32}(\.[a-z0-9]{2,4})?(\.part-[0-9a-f]{16})?$/;
/** A playlist, a segment or a still picture among the renditions of a video. */
const PIECE = /^(index\.m3u8|poster\.jpg|\d{1,4}p\.m3u8|\d{1,4}p_\d{5,9}\.ts)$/;

const PIECE_TYPES: Readonly<Record<string, string>> = {
  // RFC 8216, section 4; segments are MPEG-2 transport streams (RFC 3555).
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.ts': 'video/mp2t',
  '.jpg': 'image/jpeg',
};

/** A new name that nobody can guess. */
export function newPublicId(extension: string): string {
  const name = randomBytes(16).toString('hex');
  return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}.${extension}`;
}

/** The store keeps this file; `undefined` for every other name. Never leaves the store's folder. */
export function localFileOf(root: string, publicId: string): string | undefined {
  return PUBLIC_ID.test(publicId) ? path.join(root, publicId) : undefined;
}

/** Also for what belongs to a file, or belonged to one. */
export function localEntryOf(root: string, publicId: string): string | undefined {
  return COMPANION.test(publicId) ? path.join(root, publicId) : undefined;
}

/** Where the renditions of a stored file lie: beside it, under its name without the extension. */
export function piecesFolderOf(file: string): string {
  return path.join(path.dirname(file), path.parse(file).name);
}

/** The address of a piece of a stored video. */
export function pieceUrl(publicId: string, name: string): string {
  return `${LOCAL_MEDIA_PATH}/${piecesFolderOf(publicId)}/${name}`;
}

/** A name for what is being written; nobody serves it. */
export function newDraft(target: string): string {
  return `${target}.part-${randomBytes(8).toString('hex')}`;
}

/** Which stored file an entry of its folder belongs to, without the extension. */
export function stemOf(entry: string): string {
  return entry.split('.')[0] ?? '';
}

/**
 * A piece of a stored video; `undefined` for every name that none can have.
 * @param folder three levels, as in its address
 */
export function localPieceOf(
  folder: string,
  name: string,
): { publicId: string; contentType: string } | undefined {
  const contentType = PIECE_TYPES[path.extname(name)];
  // The folder of a file is its name without the extension, whatever that is.
  if (!contentType || !PIECE.test(name) || !PUBLIC_ID.test(`${folder}.mp4`)) return undefined;
  return { publicId: `${folder}/${name}`, contentType };
}
