import { z } from 'zod';
import { passwordToBe } from './password.validator';
import { email } from './user.validator';

/** As it came by mail; whether it is one of ours, only the database can tell. */
const token = z.string().trim().min(1).max(100);

/** POST /users/forgot-password */
export const forgotPasswordSchema = z.object({ body: z.strictObject({ email }) });

/** POST /users/reset-password */
export const resetPasswordSchema = z.object({
  body: z.strictObject({ token, newPassword: passwordToBe('newPassword') }),
});

/** POST /users/verify-email */
export const verifyEmailSchema = z.object({ body: z.strictObject({ token }) });
