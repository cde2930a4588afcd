import type { RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { isGenuineNotification } from '../services/media/cloudinary-notification';
import { ApiError } from '../utils/api-error';
import { signedBodyOf } from './raw-body';
import { noted } from './route-notes';

/**
 * Lets in what Cloudinary has signed with the secret of our account. Cookies and tokens play no
 * part, and so neither does the origin.
 * @throws ApiError 404 where Cloudinary is not configured; 401 INVALID_SIGNATURE
 */
export function requireNotificationSignature({
  config,
}: Pick<AppDependencies, 'config'>): RequestHandler {
  const check: RequestHandler = (request, _response, next) => {
    if (!config.cloudinary) throw ApiError.notFound('Cloudinary is not configured here');
    const signed = {
      body: signedBodyOf(request),
      timestamp: request.get('X-Cld-Timestamp') ?? '',
      signature: request.get('X-Cld-Signature') ?? '',
    };
    if (!isGenuineNotification(signed, config.cloudinary.apiSecret)) throw invalidSignature();
    next();
  };
  return noted(check, { access: 'signed by Cloudinary' });
}

function invalidSignature(): ApiError {
  return ApiError.unauthenticated('The signature is wrong or too old', {
    code: 'INVALID_SIGNATURE',
    // RFC 9110 section 15.5.2: a 401 names its scheme.
    headers: { 'WWW-Authenticate': 'X-Cld-Signature realm="videotube"' },
  });
}
