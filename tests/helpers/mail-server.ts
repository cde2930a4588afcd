import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { readMail, type ReceivedMail } from './mails';

export interface MailServerOptions {
  /** Name and password that it asks for; without them anybody may send. */
  credentials?: { user: string; password: string };
  /** Called with each mail; what it throws is the answer to the sender. */
  onMail?: (mail: ReceivedMail) => void;
}

export interface MailServer {
  /** The value for SMTP_URL. */
  readonly url: string;
  /** The mails that were taken, in order. */
  readonly mails: readonly ReceivedMail[];
  /** Whom they were for, whatever the mails themselves say. */
  readonly receivers: readonly string[];
  stop(): Promise<void>;
}

/** What a mail server answers to a mail that it does not take. */
export function smtpRefusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A mail server that speaks SMTP on a port of this machine and keeps what it gets. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { credentials, onMail } = options;
  const mails: ReceivedMail[] = [];
  const receivers: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: credentials === undefined,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      const right = username === credentials?.user && password === credentials?.password;
      if (right) done(null, { user: username });
      else done(smtpRefusal(535, 'Bad credentials'));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const mail = readMail(Buffer.concat(chunks).toString());
        try {
          onMail?.(mail);
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        mails.push(mail);
        receivers.push(...session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });
  // A client that gives up is not the server's fault.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const login = credentials ? `${credentials.user}:${credentials.password}@` : '';
  return {
    url: `smtp://${login}127.0.0.1:${port}`,
    mails,
    receivers,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
