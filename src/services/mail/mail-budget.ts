import { ApiError } from '../../utils/api-error';
import type { ThrottleBudget, Throttles } from '../throttle.service';

/** Far shorter than a reset link lives: whoever uses it up has sent the owner one that works. */
const WINDOW_SECONDS = 15 * 60;
const MAILS_PER_WINDOW = 5;

/** What somebody can have mails sent for; each has its own budget, so that none uses up another's. */
export type MailCause = 'reset-password' | 'verify-email' | 'change-email';

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
  const budget: ThrottleBudget = {
    name: `mail-${cause}`,
    points: MAILS_PER_WINDOW,
    durationSeconds: WINDOW_SECONDS,
  };
  const { allowed, retryAfterSeconds } = await throttles.spend(budget, key);
  if (!allowed) {
    throw ApiError.tooManyRequests(
      'Too many mails were asked for; please look for those that came, or wait',
      retryAfterSeconds,
    );
  }
}
