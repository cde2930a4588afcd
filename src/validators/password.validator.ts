import { z } from 'zod';
import { isCommonPassword } from '../services/common-passwords';
import { normalizePassword, PASSWORD_MAX_BYTES } from '../services/password.service';

const PASSWORD_MIN_CHARACTERS = 8;

/**
 * A password being chosen: 8 characters to 72 bytes, not a common one, and no other rules
 * (NIST SP 800-63B section 5.1.1.2). The output is normalised, ready for hashing.
 * @param field what the form calls it
 */
export const passwordToBe = (field: string) =>
  z
    .string()
    .transform(normalizePassword)
    .superRefine((password, context) => {
      const fault = faultOf(password);
      if (fault) context.addIssue({ code: 'custom', message: `${field} ${fault}` });
    })
    .meta({
      wireForm: {
        type: 'string',
        minLength: PASSWORD_MIN_CHARACTERS,
        description: `At most ${PASSWORD_MAX_BYTES} bytes, and not one of the common ones.`,
      },
    });

/** A password being checked: whatever it is, only the comparison may judge it. */
export const givenPassword = z.string().min(1).transform(normalizePassword);

function faultOf(password: string): string | undefined {
  if ([...password].length < PASSWORD_MIN_CHARACTERS) {
    return `must be at least ${PASSWORD_MIN_CHARACTERS} characters long`;
  }
  if (Buffer.byteLength(password) > PASSWORD_MAX_BYTES) {
    return `must be at most ${PASSWORD_MAX_BYTES} bytes long`;
  }
  if (/[\p{Cc}\p{Cs}]/u.test(password)) return 'must not contain control characters';
  if (isCommonPassword(password)) return 'is too common, please choose another';
  return undefined;
}
