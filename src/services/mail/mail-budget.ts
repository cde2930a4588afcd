import { ApiError } from '../../utils/api-error';
import type { ThrottleBudget, Throttles } from '../throttle.service';

/** Far shorter than a reset link lives: whoever uses it up has sent the owner one that works. */
const WINDOW_SECONDS = 15 * 60;
const MAILS_PER_WINDOW = 5;

/** What somebody can have mails sent for; each has its own budget, so that none uses up another's. */
export type MailCause = 'reset-password' | 'verify-email' | 'change-email';

const budgetOf = (cause: MailCause): ThrottleBudget => ({
  name: `mail-${cause}`,
  points: MAILS_PER_WINDOW,
  durationSeconds: WINDOW_SECONDS,
});

/**
 * Spends one of the mails that a mailbox may get for a cause, whoever asks and from where.
 * @param key the address, known to us or not: the answer must not tell
 * @throws ApiError 429
 */
export async function spendMail(
  throttles: Throttles,
  cause: MailCause,
  key: string,
): Promise<void> {
  const { allowed, retryAfterSeconds } = await throttles.spend(budgetOf(cause), key);
  if (!allowed) {
    throw ApiError.tooManyRequests(
      'Too many mails were asked for; please look for those that came, or wait',
      retryAfterSeconds,
    );
  }
}

/** The same where nobody asks for the mail: it goes out only if there is one left. */
export async function hasMailLeft(
  throttles: Throttles,
  cause: MailCause,
  key: string,
): Promise<boolean> {
  return (await throttles.spend(budgetOf(cause), key)).allowed;
}
