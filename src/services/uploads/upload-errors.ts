import { ApiError } from '../../utils/api-error';

/** 404 for an upload that is absent, over, or another person's: nobody learns which. */
export function uploadNotFound(): ApiError {
  return ApiError.notFound('Upload not found; it may have expired', { code: 'UPLOAD_NOT_FOUND' });
}

/** 423: another request is writing it and did not make room (RFC 4918 section 11.3). */
export function uploadLocked(): ApiError {
  return new ApiError(423, 'Another request is at this upload; please try again in a moment', {
    code: 'UPLOAD_LOCKED',
    headers: { 'Retry-After': '3' },
  });
}
