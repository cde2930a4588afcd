import { API_PREFIX } from '../../constants';

/** Names of the tus protocol, https://tus.io/protocols/resumable-upload, and what we offer of it. */
export const TUS_VERSION = '1.0.0';
export const TUS_EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'termination',
  'expiration',
] as const;

/** The only type in which bytes of a file may come. */
export const CHUNK_TYPE = 'application/offset+octet-stream';

export const UPLOADS_PATH = `${API_PREFIX}/uploads`;

/** What scripts of pages on other origins may read of our answers. */
export const TUS_RESPONSE_HEADERS = [
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Upload-Expires',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
] as const;
