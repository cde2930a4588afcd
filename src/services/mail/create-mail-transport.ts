import path from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import type { MailTransport } from './mail';
import { createOutboxTransport } from './outbox-transport';
import { createSmtpTransport } from './smtp-transport';

/** The mail server of SMTP_URL, or else the folder `outbox` under DATA_DIR; the log says which. */
export function createMailTransport(
  { mail, dataDir, isProduction }: Pick<Config, 'mail' | 'dataDir' | 'isProduction'>,
  logger: Logger,
): MailTransport {
  if (mail.smtpUrl !== undefined) {
    // A link that lets somebody in must not travel where others read along.
    const requireTls = isProduction && !isLoopback(new URL(mail.smtpUrl).hostname);
    return createSmtpTransport(mail.smtpUrl, mail.from, { requireTls });
  }
  const outbox = path.join(dataDir, 'outbox');
  const notice = `Mails are written to ${outbox}; set SMTP_URL to send them`;
  if (isProduction) logger.warn({ outbox }, notice);
  else logger.info({ outbox }, notice);
  return createOutboxTransport(outbox, mail.from);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
