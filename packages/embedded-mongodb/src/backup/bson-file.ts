import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { MAX_BSON_OBJECT_BYTES } from '../wire/protocol';
import { BackupError } from './backup-error';

/** As the server's BSONObjMaxInternalSize: stored documents may exceed the limit for users a little. */
const MAX_DOCUMENT_BYTES = MAX_BSON_OBJECT_BYTES + 16 * 1024;
const MIN_DOCUMENT_BYTES = 5;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The documents of a file of concatenated BSON, in lists as they are read: at most one document and
 * one chunk are in memory. `hash` sees every byte.
 * @throws BackupError when the file does not consist of whole documents.
 */
export async function* readBsonFile(
  path: string,
  hash?: Hash,
): AsyncGenerator<Uint8Array[], void, void> {
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    hash?.update(chunk as Buffer);
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const { documents, end } = splitDocuments(rest, (offset) => damaged(path, position + offset));
    rest = rest.subarray(end);
    position += end;
    if (documents.length > 0) yield documents;
  }
  if (rest.length > 0) throw damaged(path, position);
}

function splitDocuments(
  bytes: Buffer,
  damage: (offset: number) => BackupError,
): { documents: Uint8Array[]; end: number } {
  const documents: Uint8Array[] = [];
  let end = 0;
  while (end + 4 <= bytes.length) {
    const size = bytes.readInt32LE(end);
    if (size < MIN_DOCUMENT_BYTES || size > MAX_DOCUMENT_BYTES) throw damage(end);
    if (end + size > bytes.length) break;
    if (bytes[end + size - 1] !== 0) throw damage(end);
    documents.push(bytes.subarray(end, end + size));
    end += size;
  }
  return { documents, end };
}

function damaged(path: string, position: number): BackupError {
  return new BackupError(`${path} is damaged or cut off: no whole document at byte ${position}`);
}
