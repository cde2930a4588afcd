import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A file of an archive; its content is read when its turn comes, and no faster than it is taken. */
export interface ZipEntry {
  /** With forward slashes, from the top of the archive. */
  name: string;
  content: Readable;
  /** False for what is compressed already. */
  compress: boolean;
}

/**
 * Writes an archive, one entry after the other: in memory there is never more than a few buffers.
 * Whatever ends it early, a receiver that goes away or an entry that cannot be read, ends the rest:
 * the entry at hand is destroyed and no other is asked for.
 * @throws the first error; then the archive is cut off, and no reader takes it for whole
 */
export async function sendZip(entries: AsyncIterable<ZipEntry>, target: Writable): Promise<void> {
  const zip = new ZipFile();
  // A PassThrough, whatever its declared type says.
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  const stop = new AbortController();
  const filling = fill(zip, entries, stop.signal).catch((error: Error) => {
    output.destroy(error);
    throw error;
  });
  const sending = pipeline(output, target).catch((error: unknown) => {
    stop.abort(error);
    throw error;
  });
  const [sent, filled] = await Promise.allSettled([sending, filling]);
  for (const outcome of [sent, filled]) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

async function fill(
  zip: ZipFile,
  entries: AsyncIterable<ZipEntry>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { name, content, compress } of entries) {
    try {
      signal.throwIfAborted();
      zip.addReadStream(content, name, { compress });
      await finished(content, { signal });
    } finally {
      content.destroy();
    }
  }
  zip.end();
}
