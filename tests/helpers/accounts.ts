import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Test } from 'supertest';
import type { TestServer } from './server';

export const AVATAR = path.join(__dirname, '..', 'fixtures', 'picture.png');
export const COVER_IMAGE = path.join(__dirname, '..', 'fixtures', 'picture.jpg');

/** The text fields of a registration. */
export interface AccountFields {
  fullName: string;
  email: string;
  username: string;
  password: string;
}

/** An account as the contract shows it to its owner. */
export interface AccountView {
  _id: string;
  username: string;
  email: string;
  isEmailVerified: boolean;
  fullName: string;
  avatar: string;
  coverImage: string;
}

export interface SignedInAccount {
  user: AccountView;
  password: string;
  accessToken: string;
  refreshToken: string;
}

/** Valid text fields for a new account, unlike those of any other call. */
export function accountFields(overrides: Partial<AccountFields> = {}): AccountFields {
  const username = `user_${randomBytes(6).toString('hex')}`;
  return {
    fullName: 'Ada Lovelace',
    email: `${username}@example.com`,
    username,
    password: 'analytical engine no. 1',
    ...overrides,
  };
}

/** Sends a registration; the answer is the caller's to judge. */
export function sendRegistration(
  server: TestServer,
  fields: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = { avatar: AVATAR },
): Test {
  const registration = server.api().post('/api/v1/users/register');
  for (const [name, value] of Object.entries(fields)) registration.field(name, value);
  for (const [name, file] of Object.entries(files)) registration.attach(name, file);
  return registration;
}

export function sendLogin(server: TestServer, body: object): Test {
  return server.api().post('/api/v1/users/login').send(body);
}

/** Asks for the account to be deleted; without a token, as nobody. */
export function sendAccountDeletion(
  server: TestServer,
  accessToken: string | undefined,
  body: object,
): Test {
  const call = server.api().delete('/api/v1/users/current-user').send(body);
  return accessToken === undefined ? call : call.set(bearer(accessToken));
}

/** Makes an account. @throws Error when that does not answer 201 */
export async function register(
  server: TestServer,
  overrides: Partial<AccountFields> = {},
): Promise<{ user: AccountView; password: string }> {
  const fields = accountFields(overrides);
  const answer = await sendRegistration(server, { ...fields });
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${answer.text}`);
  return { user: answer.body.data, password: fields.password };
}

/** Signs in on one more device. @throws Error when that does not answer 200 */
export async function login(
  server: TestServer,
  { user, password }: { user: { username: string }; password: string },
): Promise<SignedInAccount> {
  const answer = await sendLogin(server, { username: user.username, password });
  if (answer.status !== 200) throw new Error(`login answered ${answer.status}: ${answer.text}`);
  return { password, ...answer.body.data };
}

/** Makes an account and signs in. */
export async function registerAndLogin(
  server: TestServer,
  overrides: Partial<AccountFields> = {},
): Promise<SignedInAccount> {
  return login(server, await register(server, overrides));
}

/** For `.set(bearer(accessToken))`. */
export function bearer(accessToken: string): { Authorization: string } {
  return { Authorization: `Bearer ${accessToken}` };
}
