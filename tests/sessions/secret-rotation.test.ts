import jwt from 'jsonwebtoken';
import { Session } from '../../src/models/session.model';
import { createTokenService, hashToken } from '../../src/services/token.service';
import { registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { sendRefresh, statusOf } from '../helpers/sessions';

const OLD_ACCESS = 'the access secret of before and long enough';
const OLD_REFRESH = 'the refresh secret of before and long enough';
const UNLISTED = 'a secret that nobody has listed anywhere';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    env: {
      ACCESS_TOKEN_PREVIOUS_SECRETS: `${'x'.repeat(32)},${OLD_ACCESS}`,
      REFRESH_TOKEN_PREVIOUS_SECRETS: OLD_REFRESH,
    },
  });
});
afterAll(() => server.stop());

describe('tokens of before a secret was replaced', () => {
  test('current-user, when the old access secret is listed, answers 200, and 401 for one that is not', async () => {
    const { accessToken } = await registerAndLogin(server);

    expect(await statusOf(server, signedBy(OLD_ACCESS, accessToken))).toBe(200);
    expect(await statusOf(server, signedBy(UNLISTED, accessToken))).toBe(401);
    expect(await statusOf(server, signedBy(OLD_REFRESH, accessToken))).toBe(401);
  });

  test('refresh, when the old secret is listed, answers a token signed by the new one', async () => {
    const old = await sessionOfBefore(OLD_REFRESH);

    const { refreshToken } = dataOf(await sendRefresh(server, old));

    expect(() => jwt.verify(refreshToken, server.config.refreshToken.secret)).not.toThrow();
    dataOf(await sendRefresh(server, refreshToken));
  });

  test('refresh, when a token of the old secret is repeated at once, answers the same successor', async () => {
    const old = await sessionOfBefore(OLD_REFRESH);

    const answers = await Promise.all([1, 2, 3].map(() => sendRefresh(server, old)));

    const successors = answers.map((answer) => dataOf(answer).refreshToken);
    expect(new Set(successors).size).toBe(1);
    dataOf(await sendRefresh(server, successors[0]));
  });

  test('refresh, when another instance still signs by the old secret, answers the successor that it made', async () => {
    const { refreshToken, user } = await registerAndLogin(server);
    const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
    const expiresAt = new Date(issuedAt.getTime() + 60_000);
    const elsewhere = createTokenService({
      ...server.config,
      refreshToken: { ...server.config.refreshToken, secret: OLD_REFRESH },
    });
    const successor = elsewhere.signSuccessor(
      createTokenService(server.config).verifyRefreshToken(refreshToken),
      { issuedAt, expiresAt },
    );
    await Session.updateOne(
      { user: user._id },
      {
        refreshTokenHash: hashToken(successor),
        refreshTokenIssuedAt: issuedAt,
        expiresAt,
        previousRefreshTokenHash: hashToken(refreshToken),
        rotatedAt: new Date(),
      },
    );

    expect(dataOf(await sendRefresh(server, refreshToken)).refreshToken).toBe(successor);
    dataOf(await sendRefresh(server, successor));
  });

  test('refresh, when the secret is not listed, answers 401 and leaves the session alone', async () => {
    const forged = await sessionOfBefore(UNLISTED);

    expectFailure(await sendRefresh(server, forged), 401, 'TOKEN_INVALID');
    expect(await Session.countDocuments({ refreshTokenHash: hashToken(forged) })).toBe(1);
  });
});

function signedBy(secret: string, token: string): string {
  return jwt.sign(jwt.decode(token) as jwt.JwtPayload, secret);
}

/** A session whose living refresh token was signed by another secret. @returns that token */
async function sessionOfBefore(secret: string): Promise<string> {
  const account = await registerAndLogin(server);
  const token = signedBy(secret, account.refreshToken);
  await Session.updateOne({ user: account.user._id }, { refreshTokenHash: hashToken(token) });
  return token;
}
