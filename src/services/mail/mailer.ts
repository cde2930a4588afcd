import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createConcurrencyLimiter } from '../../utils/concurrency-limiter';
import { MailRefusedError, type Mail, type MailTransport } from './mail';

/** How long after each failure the next attempt comes: a mail server restarts within minutes. */
const RETRY_MILLISECONDS: readonly number[] = [1_000, 10_000, 60_000, 300_000];
const CONCURRENT_MAILS = 2;
/** Mails are small; the bound is there so that an outage of the mail server costs no memory. */
const LONGEST_QUEUE = 1_000;
/** What mail servers repeat when they refuse a mail: whom it is for, and the tokens of its text. */
const PRIVATE = [/[^\s<>@]+@[^\s<>@]+/g, /[\w-]{22,}/g];

/** Sends mails in the background, so that no answer waits for a mail server, or tells that it did. */
export interface Mailer {
  /**
   * Composes a mail and sends it, each again after a failure. Never throws: what cannot be sent is
   * logged, without a word of it.
   * @param kind what it is about, for the log
   * @param compose makes the mail, or decides that there is none to send
   */
  post(kind: string, compose: () => Promise<Mail | undefined>): void;
  /** Gives every mail that waits one last chance; what cannot be sent within the time is given up. */
  stop(): Promise<void>;
}

export interface MailerOptions {
  transport: MailTransport;
  logger: Logger;
  /** How long `stop` waits. */
  drainSeconds: number;
  retryMilliseconds?: readonly number[];
}

/**
 * One mailer per process. Its queue is in memory: a crash loses what waits in it, and people ask
 * again for a mail that did not come.
 */
export function createMailer(options: MailerOptions): Mailer {
  const { transport, logger, drainSeconds, retryMilliseconds = RETRY_MILLISECONDS } = options;
  const limiter = createConcurrencyLimiter(CONCURRENT_MAILS, LONGEST_QUEUE);
  const underway = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function send(kind: string, compose: () => Promise<Mail | undefined>): Promise<void> {
    let mail: Mail | undefined;
    let composed = false;
    const attempt = async (): Promise<void> => {
      if (!composed) mail = await compose();
      composed = true;
      if (!mail) return;
      const where = await transport.deliver(mail);
      logger.info({ mail: kind, ...where }, `mail handed over to ${transport.kind}`);
    };
    for (let attempts = 1; ; attempts += 1) {
      // While it waits for its next attempt, others have its place.
      const failure = await limiter.run(() => outcomeOf(attempt));
      if (failure === undefined) return;
      const delay = retryMilliseconds[attempts - 1];
      const lastChance = stopping.signal.aborted;
      if (delay === undefined || lastChance || failure instanceof MailRefusedError) {
        logger.error({ mail: kind, attempts, reason: reasonOf(failure) }, 'mail given up');
        return;
      }
      logger.warn({ mail: kind, attempts, reason: reasonOf(failure) }, 'mail not sent yet');
      await wait(delay, stopping.signal);
    }
  }

  return {
    post(kind, compose) {
      if (underway.size >= LONGEST_QUEUE) {
        logger.error({ mail: kind, waiting: underway.size }, 'mail given up: too many wait');
        return;
      }
      const work = send(kind, compose);
      underway.add(work);
      void work.finally(() => underway.delete(work));
    },

    async stop() {
      stopping.abort();
      await Promise.race([
        Promise.all(underway),
        pause(drainSeconds * 1000, undefined, { ref: false }),
      ]);
      if (underway.size > 0) logger.error({ mails: underway.size }, 'mails given up at the stop');
      transport.close();
    },
  };
}

/** @returns the error that ended the work, undefined for a success */
async function outcomeOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return PRIVATE.reduce((text, pattern) => text.replaceAll(pattern, '[redacted]'), reason);
}

/** Ends early, and quietly, when we are stopping. */
async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal, ref: false }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
