import type { Request, RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { CHUNK_TYPE } from '../services/uploads/tus-protocol';

/**
 * Counts and times every request.
 * @param patternOf the pattern of the route that answered; undefined where no route did
 */
export function measureRequests(
  { metrics }: Pick<AppDependencies, 'metrics'>,
  patternOf: (route: unknown) => string | undefined,
): RequestHandler {
  return (request, response, next) => {
    const isUpload = bringsFile(request);
    const { socket } = request;
    const readBefore = socket.bytesRead;
    const end = metrics.http.begin(isUpload);
    response.on('close', () => {
      end({
        method: request.method,
        route: patternOf(request.route) ?? 'other',
        ...(response.headersSent && { statusCode: response.statusCode }),
        ...(isUpload && { uploadedBytes: bytesOf(request, socket.bytesRead - readBefore) }),
      });
    });
    next();
  };
}

/**
 * @param readSince what the connection brought since the head: all of a body that was cut or has no
 *   stated length, but for what came together with the head
 */
function bytesOf({ complete, headers }: Request, readSince: number): number {
  const stated = headers['content-length'];
  return complete && stated !== undefined ? Number(stated) : readSince;
}

/** Whether a request has a file for its body, or among others. */
export function bringsFile({ headers }: Request): boolean {
  const type = headers['content-type'];
  return type !== undefined && (type.startsWith('multipart/form-data') || type === CHUNK_TYPE);
}
