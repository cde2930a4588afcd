import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from './eventually';
import type { TestServer } from './server';

/** A mail that somebody received. */
export interface ReceivedMail {
  to: string;
  subject: string;
  text: string;
  /** The whole mail as it was sent. */
  source: string;
}

/** Reads a mail as RFC 5322 writes it; of encodings, those that our plain texts can have. */
export function readMail(source: string): ReceivedMail {
  const [head = '', ...body] = source.replaceAll('\r\n', '\n').split('\n\n');
  const headers = new Map(
    head
      .replaceAll(/\n[ \t]+/g, ' ')
      .split('\n')
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.replace(/^[^:]*: */, ''),
      ]),
  );
  const text = body.join('\n\n');
  const isQuoted = headers.get('content-transfer-encoding') === 'quoted-printable';
  return {
    to: headers.get('to') ?? '',
    subject: headers.get('subject') ?? '',
    text: isQuoted ? text.replaceAll('=\n', '').replaceAll('=3D', '=') : text,
    source,
  };
}

/** Every mail in the outbox, the oldest first. */
export async function mailsIn(server: Pick<TestServer, 'dataDir'>): Promise<ReceivedMail[]> {
  const outbox = path.join(server.dataDir, 'outbox');
  const names = await readdir(outbox).catch(() => []);
  const files = names.filter((name) => name.endsWith('.eml')).sort();
  return Promise.all(
    files.map(async (name) => readMail(await readFile(path.join(outbox, name), 'utf8'))),
  );
}

/** The mails to an address about a subject. */
export async function mailsTo(
  server: Pick<TestServer, 'dataDir'>,
  address: string,
  subject = '',
): Promise<ReceivedMail[]> {
  const mails = await mailsIn(server);
  return mails.filter((mail) => mail.to === address && mail.subject.includes(subject));
}

/** Waits for the mail of that number to an address about a subject. */
export async function mailTo(
  server: Pick<TestServer, 'dataDir'>,
  address: string,
  subject: string,
  number = 1,
): Promise<ReceivedMail> {
  let received: ReceivedMail[] = [];
  await eventually(async () => {
    received = await mailsTo(server, address, subject);
    expect(received.length).toBeGreaterThanOrEqual(number);
  });
  const mail = received[number - 1];
  if (!mail) throw new Error(`no mail number ${number} to ${address}`);
  return mail;
}

export const SUBJECTS = {
  reset: 'Choose a new password',
  wasReset: 'Your password was changed',
  verify: 'Confirm your email address',
  change: 'Confirm your new email address',
  aboutToChange: 'Your email address is about to change',
  changed: 'Your email address was changed',
} as const;

/** The token in the link of a mail. */
export function tokenIn({ text }: ReceivedMail): string {
  const token = /#token=([\w-]+)$/m.exec(text)?.[1];
  if (token === undefined) throw new Error(`no token in ${text}`);
  return token;
}
