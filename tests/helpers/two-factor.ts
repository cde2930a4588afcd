import { Secret, TOTP } from 'otpauth';
import { TwoFactor } from '../../src/models/two-factor.model';
import { bearer, registerAndLogin, sendLogin, type SignedInAccount } from './accounts';
import { dataOf } from './answers';
import type { TestServer } from './server';

export interface TwoFactorAccount extends SignedInAccount {
  /** Base32, as the app keeps it. */
  sharedSecret: string;
  recoveryCodes: string[];
}

/** What an authenticator app shows. @param steps which code: 0 the present one, -1 the one before */
export function appCode(sharedSecret: string, steps = 0): string {
  const timestamp = Date.now() + steps * 30_000;
  return TOTP.generate({ secret: Secret.fromBase32(sharedSecret), timestamp });
}

/** A code that is not the app's, now and in the steps around. */
export function wrongCode(sharedSecret: string): string {
  const right = [-2, -1, 0, 1, 2].map((steps) => appCode(sharedSecret, steps));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(
    (code) => !right.includes(code),
  ) as string;
}

/** As if half a minute had passed since the last code, and the one after it: tests do not wait. */
export async function nextCode({ user, sharedSecret }: TwoFactorAccount): Promise<string> {
  await TwoFactor.updateOne({ user: user._id }, { $set: { lastAcceptedStep: 0 } });
  return appCode(sharedSecret);
}

/** Calls one of the routes below /users/two-factor. */
export function callTwoFactor(
  server: TestServer,
  method: 'get' | 'post' | 'delete',
  path: '' | '/confirm' | '/recovery-codes',
  accessToken?: string,
) {
  const call = server.api()[method](`/api/v1/users/two-factor${path}`);
  return accessToken === undefined ? call : call.set(bearer(accessToken));
}

/** Starts an enrolment and confirms it. @throws when either fails */
export async function switchOnTwoFactor(
  server: TestServer,
  account: SignedInAccount,
): Promise<TwoFactorAccount> {
  const begun = await callTwoFactor(server, 'post', '', account.accessToken).send({
    password: account.password,
  });
  const { secret: sharedSecret } = dataOf(begun);
  const confirmed = await callTwoFactor(server, 'post', '/confirm', account.accessToken).send({
    code: appCode(sharedSecret),
  });
  const { recoveryCodes } = dataOf(confirmed);
  return { ...account, sharedSecret, recoveryCodes };
}

/** A new account with two-factor, signed in. */
export async function registerWithTwoFactor(server: TestServer): Promise<TwoFactorAccount> {
  return switchOnTwoFactor(server, await registerAndLogin(server));
}

/** Signs in with the right password. */
export function loginWithCode(
  server: TestServer,
  { user, password }: SignedInAccount,
  code?: unknown,
) {
  return sendLogin(server, { username: user.username, password, code });
}
