import { createReadStream } from 'node:fs';

/**
 * Whether a file is text in UTF-8 from its beginning to its end. Read in pieces.
 * Rule: WebVTT (W3C), section 4.1: a file is UTF-8 and has no U+0000.
 */
export async function isPlainText(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const piece of createReadStream(path)) {
      if (decoder.decode(piece as Buffer, { stream: true }).includes('\0')) return false;
    }
    decoder.decode();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false;
    throw error;
  }
}
