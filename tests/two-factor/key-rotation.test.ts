import { TwoFactor } from '../../src/models/two-factor.model';
import { resealSecrets } from '../../src/services/two-factor/reseal-secrets';
import { createSecretBox } from '../../src/services/two-factor/secret-box';
import { dataOf, expectFailure } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';
import {
  loginWithCode,
  nextCode,
  registerWithTwoFactor,
  wrongCode,
  type TwoFactorAccount,
} from '../helpers/two-factor';

// A code holds for half a minute: none passes between its making and its use.
beforeEach(stopClock);
afterEach(releaseClock);

const PRESENT = 'mB1x5yqW2dXk0pT8vE4rJ7uN9cF3hL6s';
const OLDER = 'Zt8Qf2Lw6Rk1Vn5Xc9Bm3Jh7Gd4Ps0Ya';
const FORGOTTEN = 'Hq3Uw9Ie7Ro1Tp5Yl2Kj8Dg4Fs6Ax0Zc';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    env: { REFRESH_TOKEN_SECRET: PRESENT, REFRESH_TOKEN_PREVIOUS_SECRETS: OLDER },
  });
});
afterAll(() => server.stop());

/** As if the account had switched two-factor on while this was the secret. */
async function sealUnder(secret: string, { user, sharedSecret }: TwoFactorAccount): Promise<void> {
  const encryptedSecret = createSecretBox(secret, []).seal(sharedSecret, user._id);
  await TwoFactor.updateOne({ user: user._id }, { $set: { encryptedSecret } });
}

/** What the present secret alone can read. */
async function readByPresent({ user }: TwoFactorAccount): Promise<string | undefined> {
  const { encryptedSecret = '' } = (await TwoFactor.findOne({ user: user._id }).lean()) ?? {};
  try {
    return createSecretBox(PRESENT, []).open(encryptedSecret, user._id).text;
  } catch {
    return undefined;
  }
}

describe('a second factor that was sealed under an older secret', () => {
  test('login, when the code is right, is let in and seals it anew', async () => {
    const account = await registerWithTwoFactor(server);
    await sealUnder(OLDER, account);

    const wrong = await loginWithCode(server, account, wrongCode(account.sharedSecret));
    expectFailure(wrong, 401, 'TWO_FACTOR_INVALID');
    expect(await readByPresent(account)).toBeUndefined();
    dataOf(await loginWithCode(server, account, await nextCode(account)));

    expect(await readByPresent(account)).toBe(account.sharedSecret);
  });

  test('login, when the older secret is listed no more, takes recovery codes still', async () => {
    const account = await registerWithTwoFactor(server);
    await sealUnder(FORGOTTEN, account);

    const byApp = await loginWithCode(server, account, await nextCode(account));
    expectFailure(byApp, 500, 'INTERNAL_ERROR');
    dataOf(await loginWithCode(server, account, account.recoveryCodes[0]));
  });

  test('resealSecrets, when the server starts, seals all that it can read and counts the others', async () => {
    await TwoFactor.deleteMany({});
    const [present, older, forgotten] = [
      await registerWithTwoFactor(server),
      await registerWithTwoFactor(server),
      await registerWithTwoFactor(server),
    ];
    await sealUnder(OLDER, older);
    await sealUnder(FORGOTTEN, forgotten);
    const { logger, lines } = recordingLogger();

    await resealSecrets({ config: server.config, logger });

    expect(lines()).toEqual([expect.objectContaining({ level: 50, resealed: 1, unreadable: 1 })]);
    for (const account of [present, older]) {
      expect(await readByPresent(account)).toBe(account.sharedSecret);
    }
    expect(await readByPresent(forgotten)).toBeUndefined();
  });
});
