import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import type { MailTransport } from './mail';
import { toMessage } from './message';

/**
 * Writes each mail as an .eml file, which mail programs open, into a folder that only we may read:
 * whoever reads a mail can act for the person it is for.
 */
export function createOutboxTransport(folder: string, from: string): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    kind: 'outbox',
    async deliver(mail) {
      const { message } = await composer.sendMail(toMessage(mail, from));
      if (!Buffer.isBuffer(message)) throw new Error('nodemailer gave a stream for a buffer');
      await fs.mkdir(folder, { recursive: true, mode: 0o700 });
      // Names sort by time.
      const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID()}.eml`;
      const file = path.join(folder, name);
      // Written whole and then renamed: whoever watches the folder finds no half mails.
      await fs.writeFile(`${file}.part`, message, { mode: 0o600, flag: 'wx' });
      await fs.rename(`${file}.part`, file);
      return { file };
    },
    close: () => composer.close(),
  };
}
