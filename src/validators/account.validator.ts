import { z } from 'zod';
import { USER_LIMITS } from '../models/user.model';
import { normalizePassword } from '../services/password.service';
import { optionalText } from './common.validator';
import { givenPassword, passwordToBe } from './password.validator';
import { optionalSecondFactor } from './two-factor.validator';
import { email, fullName, username } from './user.validator';

/**
 * POST /users/change-password. That the new one is not the person's own name is checked where that
 * name is known.
 */
export const changePasswordSchema = z.object({
  body: z
    .strictObject({
      oldPassword: givenPassword,
      newPassword: passwordToBe('newPassword'),
      confirmPassword: z.string().transform(normalizePassword).optional(),
      code: optionalSecondFactor,
    })
    .superRefine(({ oldPassword, newPassword, confirmPassword }, context) => {
      const refuse = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [field], message: `${field} ${message}` });
      if (newPassword === oldPassword) refuse('newPassword', 'must not be the old one');
      if (confirmPassword !== undefined && confirmPassword !== newPassword) {
        refuse('confirmPassword', 'must be the same as newPassword');
      }
    }),
});

/**
 * PATCH /users/update-account: what is absent stays. Whether a new email needs the proof is checked
 * where the account is known.
 */
export const updateAccountSchema = z.object({
  body: z
    .strictObject({
      fullName,
      email,
      username,
      description: optionalText(USER_LIMITS.descriptionMax),
      password: givenPassword,
      code: optionalSecondFactor,
    })
    .partial()
    .superRefine((changes, context) => {
      for (const proof of ['password', 'code'] as const) {
        if (changes.email !== undefined || changes[proof] === undefined) continue;
        const message = `${proof} is for another email alone`;
        context.addIssue({ code: 'custom', path: [proof], message });
      }
      if (Object.keys(changes).length > 0) return;
      context.addIssue({
        code: 'custom',
        message: 'Send at least one of fullName, email, username and description',
      });
    }),
});

/** PATCH /users/avatar and /users/cover-image: a file and nothing else. */
export const pictureSchema = z.object({ body: z.strictObject({}) });

/** DELETE /users/current-user */
export const deleteAccountSchema = z.object({
  body: z.strictObject({ password: givenPassword, code: optionalSecondFactor }),
});
