import type { Types } from 'mongoose';
import { User, type UserFields } from '../models/user.model';
import { invalidToken, wrongPassword } from '../utils/authentication-errors';
import type { PasswordService } from './password.service';

/**
 * Asks a signed-in person for the password once more.
 * @param given the password, and what the form calls it
 * @returns the account; its `password` is the hash that was compared
 * @throws ApiError 400 WRONG_PASSWORD naming the field, 401 TOKEN_INVALID when the account is gone
 */
export async function requirePassword(
  passwords: PasswordService,
  userId: Types.ObjectId,
  given: { field: string; password: string },
): Promise<UserFields> {
  const user = await User.findById(userId).select('+password').lean();
  if (!user) throw invalidToken();
  if (!(await passwords.matches(given.password, user.password))) throw wrongPassword(given.field);
  return user;
}
