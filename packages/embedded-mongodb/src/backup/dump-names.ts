import { createHash } from 'node:crypto';
import { BackupError } from './backup-error';

export const DATA_SUFFIX = '.bson';
export const METADATA_SUFFIX = '.metadata.json';
/** In a dump that is not finished; the last thing to go. */
export const INCOMPLETE_MARKER = 'INCOMPLETE';
/** Part of the name of a folder that a dump is being written into. */
export const INCOMPLETE_INFIX = '.incomplete-';
/** What the dump holds, so that a lost or changed file is noticed. mongorestore skips it. */
export const MANIFEST_FILE = 'embedded-mongodb-dump.json';

/** A file name has at most 255 bytes; this leaves room for `.metadata.json.gz`. */
const MAX_ESCAPED_LENGTH = 238;
const TRUNCATED_LENGTH = 208;
/** What encodeURIComponent leaves and Go's url.PathEscape does not, and the other way round. */
const ALSO_ESCAPED = /[!'()*]/g;
const NOT_ESCAPED = /%(?:24|26|2B|3A|3D|40)/g;

/**
 * The file name (without suffix) of a collection, as mongodump makes it: percent-encoded like a
 * segment of a path; a name that would be too long is cut and ends in the SHA-1 of the whole.
 */
export function fileNameOf(collection: string): string {
  const escaped = encodeURIComponent(collection)
    .replace(ALSO_ESCAPED, (character) => `%${hex(character)}`)
    .replace(NOT_ESCAPED, decodeURIComponent);
  if (escaped.length <= MAX_ESCAPED_LENGTH) return escaped;
  const digest = createHash('sha1').update(collection).digest('base64url');
  return `${escaped.slice(0, TRUNCATED_LENGTH)}%24${digest}`;
}

/**
 * The collection that a file name stands for, for dumps without metadata.
 * @throws BackupError when the name was cut or is not percent-encoded.
 */
export function collectionOf(fileName: string): string {
  if (
    fileName.length === MAX_ESCAPED_LENGTH &&
    fileName.slice(TRUNCATED_LENGTH).startsWith('%24')
  ) {
    throw new BackupError(`${fileName} is a shortened name, and its metadata is missing`);
  }
  try {
    return decodeURIComponent(fileName);
  } catch {
    throw new BackupError(`${fileName} is not percent-encoded`);
  }
}

/** Names become folders: none may lead elsewhere. */
export function isDatabaseName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= 63 && !/[/\\. "$\0]/.test(name);
}

/** Collections that belong to the server itself; `system.js` is the user's. */
export function isServerCollection(collection: string): boolean {
  return collection.startsWith('system.') && collection !== 'system.js';
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase();
}
