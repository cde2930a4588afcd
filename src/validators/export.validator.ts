import { z } from 'zod';
import { givenPassword } from './password.validator';
import { optionalSecondFactor } from './two-factor.validator';

/** POST /users/export */
export const exportSchema = z.object({
  body: z.strictObject({ password: givenPassword, code: optionalSecondFactor }),
});
