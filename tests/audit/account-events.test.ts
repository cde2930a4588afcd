import type { Response } from 'supertest';
import { bearer, login, register, registerAndLogin, sendLogin } from '../helpers/accounts';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';
import { payloadOf } from '../helpers/tokens';

const { logger, lines } = recordingLogger();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ logger });
});
afterAll(() => server.stop());

const USERS = '/api/v1/users';

test('login, when the password is wrong, is a failure that names the account', async () => {
  const { user } = await register(server);

  const answer = await sendLogin(server, { username: user.username, password: 'not the password' });

  expect(answer.status).toBe(401);
  expect(auditOf(answer)).toEqual([
    {
      event: 'login',
      outcome: 'failure',
      reason: 'INVALID_CREDENTIALS',
      userId: user._id,
      ip: expect.stringMatching(/127\.0\.0\.1|::1/),
    },
  ]);
});

test('login, when nobody has that name, is a failure that repeats nothing of what was typed', async () => {
  const answer = await sendLogin(server, {
    username: 'typed_the_password_here',
    password: 'not the password',
  });

  expect(auditOf(answer)).toEqual([
    expect.objectContaining({ event: 'login', outcome: 'failure', reason: 'INVALID_CREDENTIALS' }),
  ]);
  expect(JSON.stringify(lines())).not.toContain('typed_the_password_here');
});

test('login, when it succeeds, names the account and the session it opened', async () => {
  const { user, password } = await register(server);

  const answer = await sendLogin(server, { username: user.username, password });

  expect(auditOf(answer)).toEqual([
    expect.objectContaining({
      event: 'login',
      outcome: 'success',
      userId: user._id,
      sessionId: payloadOf(answer.body.data.accessToken).sid,
    }),
  ]);
});

test('logout, when it succeeds, names the account and the session it ended', async () => {
  const { user, accessToken } = await registerAndLogin(server);

  const answer = await server.api().post(`${USERS}/logout`).set(bearer(accessToken));

  expect(auditOf(answer)).toEqual([
    expect.objectContaining({
      event: 'logout',
      outcome: 'success',
      userId: user._id,
      sessionId: payloadOf(accessToken).sid,
    }),
  ]);
});

test('refresh, when a replaced token comes back, names the session that it cost', async () => {
  const { user, refreshToken } = await registerAndLogin(server);
  const next = await refresh(refreshToken);
  await refresh(next.body.data.refreshToken);

  const replay = await refresh(refreshToken);

  expect(replay.body.code).toBe('TOKEN_REUSED');
  expect(auditOf(replay)).toEqual([
    expect.objectContaining({
      event: 'refresh-token-reused',
      outcome: 'failure',
      userId: user._id,
      sessionId: payloadOf(refreshToken).sid,
    }),
  ]);
});

test('change-password, whether the old one is right or not, says how it ended', async () => {
  const { user, password, accessToken } = await registerAndLogin(server);
  const change = (oldPassword: string) =>
    server
      .api()
      .post(`${USERS}/change-password`)
      .set(bearer(accessToken))
      .send({ oldPassword, newPassword: 'a new and long passphrase' });

  const wrong = await change('not the password');
  const right = await change(password);

  const common = { event: 'password-change', userId: user._id };
  expect(auditOf(wrong)).toEqual([
    expect.objectContaining({ ...common, outcome: 'failure', reason: 'WRONG_PASSWORD' }),
  ]);
  expect(auditOf(right)).toEqual([expect.objectContaining({ ...common, outcome: 'success' })]);
});

test('delete account, when it succeeds, names the account that was', async () => {
  const { user, password, accessToken } = await registerAndLogin(server);

  const answer = await server
    .api()
    .delete(`${USERS}/current-user`)
    .set(bearer(accessToken))
    .send({ password });

  expect(auditOf(answer)).toEqual([
    expect.objectContaining({ event: 'account-deleted', outcome: 'success', userId: user._id }),
  ]);
});

describe('denials', () => {
  test('401, when the session of a genuine token is over, names user, session and request', async () => {
    const { user, accessToken } = await registerAndLogin(server);
    await server.api().post(`${USERS}/logout`).set(bearer(accessToken));

    const answer = await server.api().get(`${USERS}/current-user`).set(bearer(accessToken));

    expect(auditOf(answer)).toEqual([
      expect.objectContaining({
        event: 'access-denied',
        outcome: 'failure',
        reason: 'TOKEN_INVALID',
        userId: user._id,
        sessionId: payloadOf(accessToken).sid,
      }),
    ]);
  });

  test('401, when a token is forged, believes nothing that it says', async () => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .get(`${USERS}/current-user`)
      .set(bearer(`${accessToken.slice(0, -6)}forged`));

    const [line] = auditOf(answer);
    expect(line).toMatchObject({ event: 'access-denied', reason: 'TOKEN_INVALID' });
    expect(line).not.toHaveProperty('userId');
  });

  test('401, when no token was sent, is no event', async () => {
    const answer = await server.api().get(`${USERS}/current-user`);

    expect(answer.status).toBe(401);
    expect(auditOf(answer)).toEqual([]);
  });

  test("403, when somebody changes another person's tweet, names who tried", async () => {
    const owner = await registerAndLogin(server);
    const { user, password } = await register(server);
    const stranger = await login(server, { user, password });
    const tweet = await server
      .api()
      .post('/api/v1/tweets')
      .set(bearer(owner.accessToken))
      .send({ content: 'mine' });

    const answer = await server
      .api()
      .delete(`/api/v1/tweets/${tweet.body.data._id}`)
      .set(bearer(stranger.accessToken));

    expect(auditOf(answer)).toEqual([
      expect.objectContaining({
        event: 'access-denied',
        reason: 'FORBIDDEN',
        userId: user._id,
        sessionId: payloadOf(stranger.accessToken).sid,
      }),
    ]);
  });

  test('403, when a foreign page uses the cookies of a visitor, names whose they are', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .post(`${USERS}/logout`)
      .set('Cookie', `accessToken=${accessToken}`)
      .set('Origin', 'https://evil.example');

    expect(auditOf(answer)).toEqual([
      expect.objectContaining({
        event: 'access-denied',
        reason: 'ORIGIN_NOT_ALLOWED',
        userId: user._id,
        sessionId: payloadOf(accessToken).sid,
      }),
    ]);
  });
});

/** The audit lines of one request, found by the id that its answer carries; what pino adds is left out. */
function auditOf(answer: Response): Record<string, unknown>[] {
  return lines()
    .filter((line) => line.audit === true && line.requestId === answer.headers['x-request-id'])
    .map(({ event, outcome, reason, userId, sessionId, ip }) =>
      JSON.parse(JSON.stringify({ event, outcome, reason, userId, sessionId, ip })),
    );
}

function refresh(refreshToken: string) {
  return server.api().post(`${USERS}/refresh-token`).send({ refreshToken });
}
