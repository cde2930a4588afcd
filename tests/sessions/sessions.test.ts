import { Types } from 'mongoose';
import { driverCollection } from '../../src/db/driver-collection';
import { Session } from '../../src/models/session.model';
import { ownerOfLivingSession } from '../../src/services/living-sessions';
import { login, register, registerAndLogin, sendLogin } from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { callSessions, sendRefresh, statusOf, type SessionView } from '../helpers/sessions';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => server.stop());

describe('GET /users/sessions', () => {
  test('list, when a person is signed in on two devices, shows where and when, and which is asking', async () => {
    const account = await register(server);
    const phone = dataOf(await loginFrom('198.51.100.4', 'Phone/1.0', account));
    const laptop = dataOf(await loginFrom('203.0.113.7', 'Laptop/2.0', account));

    const answer = await callSessions(server, 'get', '', phone.accessToken);

    const seen = { createdAt: TIME, lastUsedAt: TIME, expiresAt: TIME };
    expect(dataOf(answer)).toEqual([
      {
        _id: sessionIdOf(laptop.accessToken),
        ip: '203.0.113.7',
        userAgent: 'Laptop/2.0',
        isCurrent: false,
        ...seen,
      },
      {
        _id: sessionIdOf(phone.accessToken),
        ip: '198.51.100.4',
        userAgent: 'Phone/1.0',
        isCurrent: true,
        ...seen,
      },
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('list, when a device refreshes, shows it first, with its new address', async () => {
    const account = await register(server);
    const phone = await login(server, account);
    const laptop = await login(server, account);

    dataOf(await sendRefresh(server, phone.refreshToken).set('X-Forwarded-For', '192.0.2.9'));

    const [first] = await listOf(laptop.accessToken);
    expect(first).toMatchObject({ _id: sessionIdOf(phone.accessToken), ip: '192.0.2.9' });
  });

  test.each(['expiresAt', 'endsAt'] as const)(
    'list, when %s of a session is past, leaves it out',
    async (field) => {
      const account = await register(server);
      const over = await login(server, account);
      const living = await login(server, account);
      await Session.updateOne({ _id: sessionIdOf(over.accessToken) }, { [field]: new Date(1) });

      const listed = await listOf(living.accessToken);

      expect(listed.map(({ _id }) => _id)).toEqual([sessionIdOf(living.accessToken)]);
    },
  );

  test('list, when the session ends for good before it would idle out, says the earlier end', async () => {
    const { accessToken } = await registerAndLogin(server);
    const endsAt = new Date(Date.now() + 60_000);
    await Session.updateOne({ _id: sessionIdOf(accessToken) }, { endsAt });

    const [only] = await listOf(accessToken);

    expect(only?.expiresAt).toBe(endsAt.toISOString());
  });

  test('list, when others are signed in too, shows none of theirs', async () => {
    const ada = await registerAndLogin(server);
    const charles = await registerAndLogin(server);

    const listed = await listOf(ada.accessToken);

    expect(listed.map(({ _id }) => _id)).toEqual([sessionIdOf(ada.accessToken)]);
    expect(JSON.stringify(listed)).not.toContain(sessionIdOf(charles.accessToken));
  });

  test('list, when nobody is signed in, answers 401', async () => {
    const answer = await server.api().get('/api/v1/users/sessions');

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });
});

describe('DELETE /users/sessions/:sessionId', () => {
  test('revoke, when it is another device, refuses both its tokens from the next request on', async () => {
    const account = await register(server);
    const lost = await login(server, account);
    const kept = await login(server, account);

    const answer = await callSessions(
      server,
      'delete',
      `/${sessionIdOf(lost.accessToken)}`,
      kept.accessToken,
    );

    expect(dataOf(answer)).toEqual({});
    expect(cookiesOf(answer)).toEqual({});
    expect(await statusOf(server, lost.accessToken)).toBe(401);
    expectFailure(await sendRefresh(server, lost.refreshToken), 401, 'TOKEN_INVALID');
    expect(await statusOf(server, kept.accessToken)).toBe(200);
    expect((await listOf(kept.accessToken)).length).toBe(1);
  });

  test('revoke, when it is the session that asks, ends it and clears the cookies', async () => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await callSessions(
      server,
      'delete',
      `/${sessionIdOf(accessToken)}`,
      accessToken,
    );

    expect(dataOf(answer)).toEqual({});
    expect(Object.keys(cookiesOf(answer)).sort()).toEqual(['accessToken', 'refreshToken']);
    expect(await statusOf(server, accessToken)).toBe(401);
  });

  test('revoke, when the session is somebody else’s, answers 404 and ends nothing', async () => {
    const ada = await registerAndLogin(server);
    const charles = await registerAndLogin(server);

    const answer = await callSessions(
      server,
      'delete',
      `/${sessionIdOf(charles.accessToken)}`,
      ada.accessToken,
    );

    expectFailure(answer, 404, 'SESSION_NOT_FOUND');
    expect(await statusOf(server, charles.accessToken)).toBe(200);
  });

  test('revoke, when it is sent twice, answers 404 the second time', async () => {
    const account = await register(server);
    const lost = await login(server, account);
    const kept = await login(server, account);
    const revoke = () =>
      callSessions(server, 'delete', `/${sessionIdOf(lost.accessToken)}`, kept.accessToken);
    dataOf(await revoke());

    expectFailure(await revoke(), 404, 'SESSION_NOT_FOUND');
  });

  test('revoke, when there is no such session, answers 404', async () => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await callSessions(
      server,
      'delete',
      `/${new Types.ObjectId().toString()}`,
      accessToken,
    );

    expectFailure(answer, 404, 'SESSION_NOT_FOUND');
  });

  test.each(['me', '123', `${'a'.repeat(24)}0`, '%24ne'])(
    'revoke, when the id is %j, answers 400 naming it',
    async (id) => {
      const { accessToken } = await registerAndLogin(server);

      const answer = await callSessions(server, 'delete', `/${id}`, accessToken);

      expectInvalid(answer, ['sessionId']);
    },
  );

  test('revoke, when nobody is signed in, answers 401', async () => {
    const answer = await server
      .api()
      .delete(`/api/v1/users/sessions/${new Types.ObjectId().toString()}`);

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });
});

describe('DELETE /users/sessions', () => {
  test('revoke all others, when three devices are signed in, leaves the one that asks', async () => {
    const account = await register(server);
    const phone = await login(server, account);
    const laptop = await login(server, account);
    const tablet = await login(server, account);
    const stranger = await registerAndLogin(server);

    const answer = await callSessions(server, 'delete', '', tablet.accessToken);

    expect(dataOf(answer)).toEqual({});
    expect(await statusOf(server, phone.accessToken)).toBe(401);
    expect(await statusOf(server, laptop.accessToken)).toBe(401);
    expectFailure(await sendRefresh(server, laptop.refreshToken), 401, 'TOKEN_INVALID');
    expect(await statusOf(server, tablet.accessToken)).toBe(200);
    expect(await statusOf(server, stranger.accessToken)).toBe(200);
    dataOf(await sendRefresh(server, tablet.refreshToken));
  });

  test('revoke all others, when there is none, succeeds', async () => {
    const { accessToken } = await registerAndLogin(server);

    expect(dataOf(await callSessions(server, 'delete', '', accessToken))).toEqual({});
    expect(await statusOf(server, accessToken)).toBe(200);
  });

  test('revoke all others, when nobody is signed in, answers 401', async () => {
    const answer = await server.api().delete('/api/v1/users/sessions');

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });
});

describe('the sessions of requests that arrive together', () => {
  afterEach(() => jest.restoreAllMocks());

  test('each, when one of them is over, is judged by itself, after one read for all', async () => {
    const [phone, laptop, lost] = await Promise.all([
      registerAndLogin(server),
      registerAndLogin(server),
      registerAndLogin(server),
    ]);
    await Session.deleteOne({ _id: sessionIdOf(lost.accessToken) });
    const read = jest.spyOn(driverCollection(Session), 'find');

    const owners = await Promise.all(
      [phone, lost, laptop, phone].map(({ accessToken }) =>
        ownerOfLivingSession(sessionIdOf(accessToken)),
      ),
    );

    expect(owners).toEqual([phone.user._id, undefined, laptop.user._id, phone.user._id]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('one, when it ends while others are being read, is over for whoever asks then', async () => {
    const { accessToken } = await registerAndLogin(server);
    const sessionId = sessionIdOf(accessToken);
    const begun = new Promise<void>((resolve) => {
      const sessions = driverCollection(Session);
      const find = sessions.find.bind(sessions);
      jest.spyOn(sessions, 'find').mockImplementationOnce((filter) => {
        resolve();
        return find(filter as object);
      });
    });
    const before = ownerOfLivingSession(sessionId);
    await begun;
    await Session.deleteOne({ _id: sessionId });

    expect(await ownerOfLivingSession(sessionId)).toBeUndefined();
    await before;
  });
});

const TIME = expect.stringMatching(/^\d{4}-.*Z$/);

function loginFrom(
  address: string,
  userAgent: string,
  { user, password }: { user: { username: string }; password: string },
) {
  return sendLogin(server, { username: user.username, password })
    .set('X-Forwarded-For', address)
    .set('User-Agent', userAgent);
}

async function listOf(accessToken: string): Promise<SessionView[]> {
  return dataOf(await callSessions(server, 'get', '', accessToken));
}

function sessionIdOf(accessToken: string): string {
  const [, payload = ''] = accessToken.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).sid;
}

coversBehaviour('GET /api/v1/users/sessions');
coversBehaviour('DELETE /api/v1/users/sessions/:sessionId');
coversBehaviour('DELETE /api/v1/users/sessions');
coversBadInput('GET /api/v1/users/sessions');
coversBadInput('DELETE /api/v1/users/sessions/:sessionId');
coversBadInput('DELETE /api/v1/users/sessions');
