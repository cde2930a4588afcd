import { z } from 'zod';
import { USER_LIMITS, USERNAME_PATTERN } from '../models/user.model';
import { isGuessable } from '../services/password.service';
import { says, writtenLine } from './common.validator';
import { givenPassword, passwordToBe } from './password.validator';
import { optionalSecondFactor } from './two-factor.validator';

export const username = z
  .string()
  .trim()
  .toLowerCase()
  .min(USER_LIMITS.usernameMin)
  .max(USER_LIMITS.usernameMax)
  .regex(USERNAME_PATTERN, says('may have letters, digits, dots, underscores and hyphens only'));

export const email = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(USER_LIMITS.emailMax)
  .pipe(z.email());

export const fullName = writtenLine(USER_LIMITS.fullNameMax);

/** POST /users/register. Unknown fields are refused, so nobody registers with a `role`. */
export const registerSchema = z.object({
  body: z
    .strictObject({ fullName, email, username, password: passwordToBe('password') })
    .superRefine((account, context) => {
      if (!isGuessable(account.password, account)) return;
      context.addIssue({
        code: 'custom',
        path: ['password'],
        message: 'password must not be your name, username or email',
      });
    }),
});

/** Either field may hold either; frontends send the one that they do not use as an empty string. */
const identifier = z
  .string()
  .trim()
  .toLowerCase()
  .max(USER_LIMITS.emailMax)
  .nullish()
  .transform((text) => text || undefined);

/** POST /users/login; `identifiers` are one or two names that must belong to one person. */
export const loginSchema = z.object({
  body: z
    .strictObject({
      email: identifier,
      username: identifier,
      password: givenPassword,
      code: optionalSecondFactor,
    })
    .transform((body, context) => {
      const identifiers = [body.email, body.username].filter((name) => name !== undefined);
      if (identifiers.length === 0) {
        context.addIssue({
          code: 'custom',
          path: ['email'],
          message: 'email or username is required',
        });
        return z.NEVER;
      }
      return { identifiers, password: body.password, code: body.code };
    }),
});

/** POST /users/refresh-token; without a token in the body, the cookie's is taken. */
export const refreshTokenSchema = z.object({
  // Null is what frontends send from an empty store; the token is in the cookie then.
  body: z.strictObject({ refreshToken: z.string().nullish() }),
});

/** GET /users/c/:username. A name that nobody can have is absent, not malformed. */
export const channelSchema = z.object({
  params: z.object({ username: z.string().trim().toLowerCase().min(1) }),
});
