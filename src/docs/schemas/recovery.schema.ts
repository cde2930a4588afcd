import { z } from 'zod';

/** The address that a mail was about. */
export const mailedTo = z.strictObject({ email: z.email() }).meta({ id: 'MailedTo' });
