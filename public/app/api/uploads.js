import { call } from './client.js';
import { wholeList } from './lists.js';

/** What was sent by halves, or whole and never published. Newest first. */
export const openUploads = (signal) => wholeList('/uploads', {}, signal);

/** Throws an upload away. It speaks tus, whose version each request has to name. */
export async function discardUpload(uploadId) {
  const response = await fetch(`/api/v1/uploads/${uploadId}`, {
    method: 'DELETE',
    headers: { 'Tus-Resumable': '1.0.0' },
  });
  if (!response.ok && response.status !== 404) {
    throw new Error('The upload could not be thrown away. Please try again');
  }
}

/**
 * Publishes a video whose file has come by an upload.
 * @param {string} uploadId
 * @param {FormData} details title, description, tags, category, isPublished, thumbnail
 * @returns {Promise<{ data: object, statusCode: number }>} 202 while the store is not done with it
 */
export function publish(uploadId, details) {
  details.set('videoUpload', uploadId);
  return call('POST', '/videos', { body: details });
}
