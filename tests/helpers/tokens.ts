import jwt from 'jsonwebtoken';
import type { TestServer } from './server';

/** The same access token as if its time had passed: signed right, `exp` in the past. */
export function expiredCopy(server: TestServer, accessToken: string): string {
  const claims = jwt.decode(accessToken) as jwt.JwtPayload;
  return jwt.sign({ ...claims, exp: 1 }, server.config.accessToken.secret);
}

/** What a token says, unverified: `sub` is the user, `sid` the session. */
export function payloadOf(token: string): jwt.JwtPayload {
  return jwt.decode(token) as jwt.JwtPayload;
}
