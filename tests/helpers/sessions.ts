import type { Test } from 'supertest';
import { bearer } from './accounts';
import type { TestServer } from './server';

/** A session as the list shows it. */
export interface SessionView {
  _id: string;
  ip: string;
  userAgent: string;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  isCurrent: boolean;
}

/** `path` is what comes after `/users/sessions`, with its slash. */
export function callSessions(
  server: TestServer,
  method: 'get' | 'delete',
  path: string,
  accessToken: string,
): Test {
  return server.api()[method](`/api/v1/users/sessions${path}`).set(bearer(accessToken));
}

/** Whether an access token still opens a protected route: its status. */
export async function statusOf(server: TestServer, accessToken: string): Promise<number> {
  const answer = await server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
  return answer.status;
}

export function sendRefresh(server: TestServer, refreshToken: string): Test {
  return server.api().post('/api/v1/users/refresh-token').send({ refreshToken });
}
