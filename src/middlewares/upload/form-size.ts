import type { Request } from 'express';
import { ApiError } from '../../utils/api-error';

/** How long a refused client may go on sending before we hang up; a sudden end loses our answer. */
const LINGER_MILLISECONDS = 5000;

/**
 * The length that the client states is held against the limit before anything is read.
 * @throws ApiError 413
 */
export function refuseStatedOverflow(request: Request, maxBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw refuse(request, maxBytes);
}

/** Rejects with 413 once a form of unstated length is longer than any that could be right. */
export function overflow(request: Request, maxBytes: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      request.off('data', count);
      reject(refuse(request, maxBytes));
    };
    request.on('data', count);
  });
}

function refuse(request: Request, maxBytes: number): ApiError {
  lingerThenHangUp(request);
  return ApiError.payloadTooLarge(`The form may have at most ${maxBytes} bytes`);
}

/** Reads on for a moment so that the client sees our answer instead of a broken connection. */
export function lingerThenHangUp(request: Request): void {
  const { socket, res: response } = request;
  // A client that wants the connection closed after the answer is still sending to it.
  if (response) response.shouldKeepAlive = true;
  const hangUp = (): void => {
    request.destroy();
  };
  const timer = setTimeout(hangUp, LINGER_MILLISECONDS);
  // Once we have answered, Node no longer tells an unfinished request that its client is gone.
  socket.once('close', hangUp);
  request.once('close', () => {
    clearTimeout(timer);
    socket.off('close', hangUp);
  });
  request.resume();
}
