import '/app/vendor/tus.min.js';
import { refreshTokens } from './client.js';

const ADDRESS = '/api/v1/uploads';
/** Small enough that a session is renewed between two, large enough to cost nothing. */
const CHUNK_BYTES = 16 * 1024 * 1024;
/** Between tries; each byte that gets through starts them anew. */
const RETRY_MILLISECONDS = [0, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000];

/**
 * Sends a file by the tus protocol. It goes on where it was cut, also after the page was closed, when
 * the same person chooses the same file again: the browser remembers the address by a fingerprint of
 * name, size and date.
 * @param {File} file
 * @param {string} userId whose upload it is
 * @param {{ onStart: () => void, onProgress: (sent: number, total: number) => void, onTrouble: () => void, onFailure: (error: Error) => void, onDone: (uploadId: string) => void }} listeners
 *   `onStart`: the server knows of it, so that it can be thrown away there;
 *   `onTrouble`: the connection is away, and it is tried again; `onFailure`: that was given up
 * @returns {Promise<{ pause: () => Promise<void>, go: () => void, discard: () => Promise<void>, resumed: boolean }>}
 */
export async function startUpload(file, userId, listeners) {
  const { onStart, onProgress, onTrouble, onFailure, onDone } = listeners;
  let mustRefresh = false;
  const upload = new window.tus.Upload(file, {
    endpoint: ADDRESS,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_MILLISECONDS,
    removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, filetype: file.type },
    fingerprint: async ({ name, size, lastModified }) =>
      ['videotube', userId, name, size, lastModified].join(':'),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      mustRefresh = status === 401;
      // Away, busy, still locked by the connection that was cut, or for a new token.
      const willRetry =
        mustRefresh || status === 0 || status >= 500 || [409, 423, 429].includes(status);
      if (willRetry) onTrouble();
      return willRetry;
    },
    onBeforeRequest: async () => {
      if (!mustRefresh) return;
      mustRefresh = false;
      await refreshTokens();
    },
    onUploadUrlAvailable: onStart,
    onProgress,
    onError: (error) => onFailure(readable(error)),
    onSuccess: () => onDone(idOf(upload.url)),
  });
  const [previous] = await upload.findPreviousUploads();
  if (previous) upload.resumeFromPreviousUpload(previous);
  upload.start();
  return {
    resumed: previous !== undefined,
    pause: () => upload.abort(),
    go: () => upload.start(),
    discard: () => upload.abort(true),
  };
}

const idOf = (address) => address.split('/').pop();

/** The sentence of the API, where it was the API that refused. */
function readable(error) {
  const response = error.originalResponse;
  try {
    const { message, code, requestId } = JSON.parse(response.getBody());
    return Object.assign(new Error(message), { code, requestId, status: response.getStatus() });
  } catch {
    return new Error('The connection is away. The upload goes on where it was cut.');
  }
}
