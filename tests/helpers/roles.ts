import { User, type UserRole } from '../../src/models/user.model';
import { login, register, type AccountFields, type SignedInAccount } from './accounts';
import type { TestServer } from './server';

/** Makes an account and gives it a role, as `npm run role` would. */
export async function registerAs(
  server: TestServer,
  role: UserRole,
  overrides: Partial<AccountFields> = {},
): ReturnType<typeof register> {
  const account = await register(server, overrides);
  await User.updateOne({ _id: account.user._id }, { $set: { role } });
  return account;
}

/** The same, signed in. */
export async function loginAs(
  server: TestServer,
  role: UserRole,
  overrides: Partial<AccountFields> = {},
): Promise<SignedInAccount> {
  return login(server, await registerAs(server, role, overrides));
}
