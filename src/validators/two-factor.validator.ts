import { z } from 'zod';
import { normalizeCode, RECOVERY_CODE_PATTERN } from '../services/two-factor/recovery-codes';
import { says } from './common.validator';
import { givenPassword } from './password.validator';

const APP_CODE_PATTERN = /^\d{6}$/;

const looksRight = (code: string): boolean =>
  APP_CODE_PATTERN.test(code) || RECOVERY_CODE_PATTERN.test(code);

const WIRE_FORM = {
  wireForm: {
    type: 'string',
    description: 'The six digits of the authenticator app, or a recovery code.',
  },
};

const RULE = says('must be the six digits of your authenticator app, or a recovery code');

/** A code of the app or a recovery code, as typed; the output has no blanks and no hyphens. */
const secondFactor = z.string().transform(normalizeCode).refine(looksRight, RULE).meta(WIRE_FORM);

/** The same where only some accounts need one; an empty field says nothing. */
export const optionalSecondFactor = z
  .string()
  .nullish()
  .transform((code) => normalizeCode(code ?? '') || undefined)
  .refine((code) => code === undefined || looksRight(code), RULE)
  .meta(WIRE_FORM);

/** POST /users/two-factor */
export const beginTwoFactorSchema = z.object({
  body: z.strictObject({ password: givenPassword }),
});

/** POST /users/two-factor/confirm: of the app alone, as it is the app that is confirmed. */
export const confirmTwoFactorSchema = z.object({
  body: z.strictObject({
    code: z
      .string()
      .transform(normalizeCode)
      .refine(
        (code) => APP_CODE_PATTERN.test(code),
        says('must be the six digits of your authenticator app'),
      )
      .meta({ wireForm: { type: 'string', description: 'Six digits.' } }),
  }),
});

/** POST /users/two-factor/recovery-codes and DELETE /users/two-factor */
export const provenTwice = z.object({
  body: z.strictObject({ password: givenPassword, code: secondFactor }),
});
