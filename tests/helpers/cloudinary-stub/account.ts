import { createHash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const CLOUD = 'demo';
const API_KEY = '874837483274837';
const API_SECRET = 'a676b67565c6767a6767d6767f676fe1';
const STALE_AFTER_SECONDS = 3600;

export const ACCOUNT = { cloudName: CLOUD, apiKey: API_KEY, apiSecret: API_SECRET } as const;

export function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: { message } });
}

/** Of the upload API: a form signed with the secret of the account. */
export const requireSignature: RequestHandler = (request, response, next) => {
  const { signature, api_key: apiKey, ...signed } = request.body as Record<string, string>;
  const age = Math.abs(Date.now() / 1000 - Number(signed.timestamp));
  const text = stringToSign(signed);
  if (request.params.cloud !== CLOUD) refuse(response, 401, 'Invalid cloud_name');
  else if (apiKey !== API_KEY) refuse(response, 401, `Unknown API key ${apiKey}`);
  else if (!(age < STALE_AFTER_SECONDS)) {
    refuse(response, 400, 'Stale request - reported time is more than 1 hour ago');
  } else if (signature !== sha1(`${text}${API_SECRET}`)) {
    refuse(response, 401, `Invalid Signature ${signature}. String to sign - '${text}'.`);
  } else next();
};

/** Of the Admin API: key and secret as name and password. */
export const requirePassword: RequestHandler = (request, response, next) => {
  const expected = `Basic ${Buffer.from(`${API_KEY}:${API_SECRET}`).toString('base64')}`;
  if (request.params.cloud !== CLOUD) refuse(response, 401, 'cloud_name mismatch');
  else if (request.headers.authorization === expected) next();
  else refuse(response, 401, 'unknown api_key');
};

/**
 * Cloudinary, "Generating authentication signatures": every parameter but the file, the names of
 * cloud and resource type, and the key; sorted; `&` in values escaped.
 */
function stringToSign(fields: Record<string, string>): string {
  return Object.keys(fields)
    .sort()
    .filter((name) => fields[name] !== '')
    .map((name) => `${name}=${fields[name]}`.replaceAll('&', '%26'))
    .join('&');
}

/** Cloudinary, "Verifying notification signatures": of the body, the time and the secret. */
export function signNotification(
  body: string,
  timestamp: number = Math.floor(Date.now() / 1000),
): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'X-Cld-Timestamp': String(timestamp),
    'X-Cld-Signature': sha1(`${body}${timestamp}${API_SECRET}`),
  };
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
