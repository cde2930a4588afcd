import jwt from 'jsonwebtoken';
import { Session } from '../../src/models/session.model';
import {
  bearer,
  login,
  register,
  registerAndLogin,
  type SignedInAccount,
} from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';

const { logger, lines } = recordingLogger();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ logger });
});
afterAll(() => server.stop());

describe('POST /users/refresh-token', () => {
  test('refresh, when the token comes in the body, answers a new pair and both cookies', async () => {
    const account = await registerAndLogin(server);

    const answer = await sendRefresh(account.refreshToken);

    const pair = dataOf(answer);
    expect(pair).toEqual({ accessToken: expect.any(String), refreshToken: expect.any(String) });
    expect(pair.refreshToken).not.toBe(account.refreshToken);
    expect(cookiesOf(answer)).toMatchObject({
      accessToken: { value: pair.accessToken, attributes: { path: '/', httponly: '' } },
      refreshToken: { value: pair.refreshToken, attributes: { path: '/api/v1/users' } },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(dataOf(await currentUser(pair.accessToken))).toEqual(account.user);
  });

  test('refresh, when repeated with each new token, works a second and a tenth time', async () => {
    let { refreshToken } = await registerAndLogin(server);

    for (let round = 1; round <= 10; round += 1) {
      const pair = dataOf(await sendRefresh(refreshToken));
      expect((await currentUser(pair.accessToken)).status).toBe(200);
      refreshToken = pair.refreshToken;
    }
  });

  test('refresh, when the token comes in the cookie, rotates it in the cookie jar', async () => {
    const account = await register(server);
    const browser = server.api();
    const { username } = account.user;
    await browser.post('/api/v1/users/login').send({ username, password: account.password });

    const first = dataOf(await browser.post('/api/v1/users/refresh-token'));
    const second = dataOf(await browser.post('/api/v1/users/refresh-token').send({}));

    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await browser.get('/api/v1/users/current-user')).status).toBe(200);
  });

  test.each(['urlencoded', 'multipart'])(
    'refresh, when the body is %s, answers 200',
    async (form) => {
      const { refreshToken } = await registerAndLogin(server);
      const post = server.api().post('/api/v1/users/refresh-token');

      const answer =
        form === 'urlencoded'
          ? await post.type('form').send({ refreshToken })
          : await post.field('refreshToken', refreshToken);

      expect(answer.status).toBe(200);
    },
  );

  test('refresh, when the body holds a null from an empty store, takes the token of the cookie', async () => {
    const { refreshToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .post('/api/v1/users/refresh-token')
      .set('Cookie', `refreshToken=${refreshToken}`)
      .send({ refreshToken: null });

    expect(answer.status).toBe(200);
    expect(dataOf(answer).refreshToken).not.toBe(refreshToken);
  });

  test('refresh, when both body and cookie carry a token, takes the one said explicitly', async () => {
    const account = await registerAndLogin(server);
    const other = await registerAndLogin(server);

    const answer = await sendRefresh(account.refreshToken).set(
      'Cookie',
      `refreshToken=${other.refreshToken}`,
    );

    expect(dataOf(await currentUser(dataOf(answer).accessToken))).toEqual(account.user);
  });

  test('refresh, when one of two devices refreshes, leaves the other alone', async () => {
    const account = await register(server);
    const [phone, laptop] = [await login(server, account), await login(server, account)];

    await sendRefresh(phone.refreshToken);

    expect((await sendRefresh(laptop.refreshToken)).status).toBe(200);
  });
});

describe('POST /users/refresh-token, races and reuse', () => {
  // However slow the machine, the grace window ends only where a test ends it.
  beforeEach(stopClock);
  afterEach(releaseClock);

  test('refresh, when twenty race with one token, gives all the one successor of one living chain', async () => {
    const account = await registerAndLogin(server);
    const stopPassing = passTimeWithEachRotation();

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => sendRefresh(account.refreshToken)),
    ).finally(stopPassing);

    const successors = new Set(answers.map((answer) => dataOf(answer).refreshToken));
    expect(successors.size).toBe(1);
    for (const answer of answers) {
      expect((await currentUser(dataOf(answer).accessToken)).status).toBe(200);
    }
    expect(await Session.countDocuments({ user: account.user._id })).toBe(1);
    const [successor] = successors;
    expect((await sendRefresh(successor)).status).toBe(200);
  });

  test('refresh, when repeated in the grace window, answers the same successor again', async () => {
    const account = await registerAndLogin(server);

    const first = dataOf(await sendRefresh(account.refreshToken));
    // A second later the issue time would differ if it were not remembered.
    jest.setSystemTime(Date.now() + 1100);
    const second = dataOf(await sendRefresh(account.refreshToken));

    expect(second.refreshToken).toBe(first.refreshToken);
  });

  test('refresh, when a replaced token comes back after the grace window, ends the session and logs it', async () => {
    const account = await registerAndLogin(server);
    const pair = dataOf(await sendRefresh(account.refreshToken));
    await closeGraceWindow(account);

    const answer = await sendRefresh(account.refreshToken);

    expectFailure(answer, 401, 'TOKEN_REUSED');
    await expectSignedOut(account, pair);
    const line = lines().find(({ event }) => event === 'refresh-token-reused');
    expect(line).toMatchObject({
      level: 40,
      userId: account.user._id,
      requestId: answer.body.requestId,
    });
    expect(JSON.stringify(lines())).not.toContain(account.refreshToken);
  });

  test('refresh, when the grandfather of the living token comes back at once, ends the session', async () => {
    const account = await registerAndLogin(server);
    const second = dataOf(await sendRefresh(account.refreshToken));
    const third = dataOf(await sendRefresh(second.refreshToken));

    expectFailure(await sendRefresh(account.refreshToken), 401, 'TOKEN_REUSED');

    await expectSignedOut(account, third);
  });

  test('refresh, when one device reuses a token, ends that device alone', async () => {
    const account = await register(server);
    const [phone, laptop] = [await login(server, account), await login(server, account)];
    const second = dataOf(await sendRefresh(phone.refreshToken));
    await sendRefresh(second.refreshToken);

    expectFailure(await sendRefresh(phone.refreshToken), 401, 'TOKEN_REUSED');

    expect((await currentUser(laptop.accessToken)).status).toBe(200);
    expect((await sendRefresh(laptop.refreshToken)).status).toBe(200);
  });
});

describe('POST /users/refresh-token, lifetimes', () => {
  test.each(['expiresAt', 'endsAt'])(
    'refresh, when %s of the session is past, answers 401 and calls nobody a thief',
    async (end) => {
      const account = await registerAndLogin(server);
      await Session.updateOne({ user: account.user._id }, { $set: { [end]: new Date(0) } });

      expectFailure(await sendRefresh(account.refreshToken), 401, 'TOKEN_INVALID');
      expectFailure(await currentUser(account.accessToken), 401, 'TOKEN_INVALID');
    },
  );

  test('refresh, when it succeeds, moves the end of idleness and not the end of the session', async () => {
    const account = await registerAndLogin(server);
    const soon = new Date(Date.now() + 60_000);
    await Session.updateOne({ user: account.user._id }, { $set: { expiresAt: soon } });
    const before = await Session.findOne({ user: account.user._id }).lean();

    await sendRefresh(account.refreshToken);

    const after = await Session.findOne({ user: account.user._id }).lean();
    expect(after?.expiresAt.getTime()).toBeGreaterThan(soon.getTime());
    expect(after?.endsAt).toEqual(before?.endsAt);
  });
});

describe('POST /users/refresh-token, bad input', () => {
  test('refresh, when there is no token, answers 401 UNAUTHENTICATED', async () => {
    const answer = await server.api().post('/api/v1/users/refresh-token');

    expectFailure(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  test('refresh, when given an access token, answers 401', async () => {
    const { accessToken } = await registerAndLogin(server);

    expectFailure(await sendRefresh(accessToken), 401, 'TOKEN_INVALID');
  });

  test('refresh, when only an Authorization header is sent, does not look at it', async () => {
    const { refreshToken } = await registerAndLogin(server);

    const answer = await server.api().post('/api/v1/users/refresh-token').set(bearer(refreshToken));

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });

  test('refresh, when the token is too old, answers 401 TOKEN_EXPIRED', async () => {
    const { user, refreshToken } = await registerAndLogin(server);
    const claims = jwt.decode(refreshToken) as jwt.JwtPayload;
    const expired = jwt.sign({ ...claims, exp: 1 }, server.config.refreshToken.secret);

    expectFailure(await sendRefresh(expired), 401, 'TOKEN_EXPIRED');
    expect(await Session.countDocuments({ user: user._id })).toBe(1);
  });

  test('refresh, when the signature is forged, answers 401 and leaves the session alone', async () => {
    const { refreshToken } = await registerAndLogin(server);
    const claims = jwt.decode(refreshToken) as jwt.JwtPayload;
    const forged = jwt.sign({ ...claims, jti: 'old' }, 'a secret of our own making, 32 bytes');

    expectFailure(await sendRefresh(forged), 401, 'TOKEN_INVALID');
    expect((await sendRefresh(refreshToken)).status).toBe(200);
  });

  test.each<[string, object, string]>([
    ['a number', { refreshToken: 1 }, 'refreshToken'],
    ['an operator', { refreshToken: { $gt: '' } }, 'refreshToken'],
    ['an array', { refreshToken: ['x'] }, 'refreshToken'],
    ['accompanied', { refreshToken: 'x', userId: 'y' }, 'userId'],
  ])('refresh, when the body token is %s, answers 400', async (_what, body, field) => {
    expectInvalid(await server.api().post('/api/v1/users/refresh-token').send(body), [field]);
  });

  test('refresh, when the cookie is an object in cookie-parser notation, answers 401', async () => {
    const answer = await server
      .api()
      .post('/api/v1/users/refresh-token')
      .set('Cookie', `refreshToken=${encodeURIComponent('j:{"$ne":""}')}`);

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });

  test('refresh, when the token of the cookie is dead, clears both cookies', async () => {
    const { accessToken, refreshToken } = await registerAndLogin(server);
    await server.api().post('/api/v1/users/logout').set(bearer(accessToken));

    const answer = await server
      .api()
      .post('/api/v1/users/refresh-token')
      .set('Cookie', `refreshToken=${refreshToken}`);

    expectFailure(answer, 401, 'TOKEN_INVALID');
    expect(cookiesOf(answer)).toMatchObject({
      accessToken: { value: '', attributes: { path: '/' } },
      refreshToken: { value: '', attributes: { path: '/api/v1/users' } },
    });
  });
});

function sendRefresh(refreshToken: unknown) {
  return server.api().post('/api/v1/users/refresh-token').send({ refreshToken });
}

function currentUser(accessToken: string) {
  return server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
}

/**
 * Lets 400 ms pass with each attempt to rotate: tokens that were signed apart would differ.
 * @returns what ends it
 */
function passTimeWithEachRotation(): () => void {
  const updateOne = Session.updateOne.bind(Session);
  const spy = jest.spyOn(Session, 'updateOne').mockImplementation((...parameters) => {
    jest.setSystemTime(Date.now() + 400);
    return updateOne(...parameters);
  });
  return () => spy.mockRestore();
}

/** Makes the last rotation 11 seconds old. */
async function closeGraceWindow({ user }: SignedInAccount): Promise<void> {
  const { modifiedCount } = await Session.updateOne(
    { user: user._id },
    { $set: { rotatedAt: new Date(Date.now() - 11_000) } },
  );
  expect(modifiedCount).toBe(1);
}

/** The whole family is dead: its newest tokens, and the access tokens of every generation. */
async function expectSignedOut(
  account: SignedInAccount,
  newest: { accessToken: string; refreshToken: string },
): Promise<void> {
  expectFailure(await sendRefresh(newest.refreshToken), 401, 'TOKEN_INVALID');
  expectFailure(await currentUser(newest.accessToken), 401, 'TOKEN_INVALID');
  expectFailure(await currentUser(account.accessToken), 401, 'TOKEN_INVALID');
  expect(await Session.countDocuments({ user: account.user._id })).toBe(0);
}

coversBehaviour('POST /api/v1/users/refresh-token');
coversBadInput('POST /api/v1/users/refresh-token');
