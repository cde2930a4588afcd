import jwt from 'jsonwebtoken';
import type { TestServer } from './server';

/** The same access token as if its time had passed: signed right, `exp` in the past. */
export function expiredCopy(server: TestServer, accessToken: string): string {
  const claims = jwt.decode(accessToken) as jwt.JwtPayload;
  return jwt.sign({ ...claims, exp: 1 }, server.config.accessToken.secret);
}
