import { ACCESS_TOKEN_COOKIE, REFRESH_TOKEN_COOKIE } from '../../utils/token-cookies';
import type { Access } from '../operation';
import type { OpenApiDocument } from './types';

export const SECURITY_SCHEMES: OpenApiDocument['components']['securitySchemes'] = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of POST /users/login.',
  },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: ACCESS_TOKEN_COOKIE,
    description: 'The same token as the cookie that signing in sets.',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: REFRESH_TOKEN_COOKIE,
    description: 'The refresh token as a cookie; it may be sent in the body instead.',
  },
  cloudinarySignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Cld-Signature',
    description: 'SHA-1 of the body, the `X-Cld-Timestamp` header and the secret of the account.',
  },
  metricsToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'METRICS_TOKEN, where the server has one; else it answers its own machine alone.',
  },
};

const SIGNED_IN: Record<string, string[]>[] = [{ bearer: [] }, { cookie: [] }];

/** Alternatives, of which a request needs one; an empty object stands for a request without any. */
export const SECURITY: Readonly<Record<Access, Record<string, string[]>[]>> = {
  anybody: [],
  guest: [{}, ...SIGNED_IN],
  'signed in': SIGNED_IN,
  'signed in, however old the token': SIGNED_IN,
  'refresh token': [{ refreshCookie: [] }, {}],
  moderator: SIGNED_IN,
  admin: SIGNED_IN,
  'signed by Cloudinary': [{ cloudinarySignature: [] }],
  operator: [{ metricsToken: [] }, {}],
};
