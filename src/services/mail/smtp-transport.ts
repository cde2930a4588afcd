import { createTransport } from 'nodemailer';
import { MailRefusedError, type MailTransport } from './mail';
import { toMessage } from './message';

const CONNECTIONS = 2;
/** A mail server that does not answer must not hold up those behind it for nodemailer's minutes. */
const CONNECT_MILLISECONDS = 10_000;
const IDLE_MILLISECONDS = 30_000;

/**
 * Delivers to a mail server, over TLS where the server offers it (STARTTLS) or the address is smtps.
 * @param url `smtp://user:password@host:port`, or smtps; nodemailer's options may follow as a query
 */
export function createSmtpTransport(url: string, from: string): MailTransport {
  const transporter = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    connectionTimeout: CONNECT_MILLISECONDS,
    greetingTimeout: CONNECT_MILLISECONDS,
    socketTimeout: IDLE_MILLISECONDS,
    // A mail is text and nothing else: no field of it may make the library open a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    kind: 'smtp',
    async deliver(mail) {
      try {
        const { messageId } = await transporter.sendMail(toMessage(mail, from));
        return { messageId };
      } catch (error) {
        throw isPermanent(error) ? new MailRefusedError(reasonOf(error), error) : error;
      }
    },
    close: () => transporter.close(),
  };
}

/** RFC 5321 section 4.2.1: 5yz means that the same mail will be refused again. */
function isPermanent(error: unknown): boolean {
  return error instanceof Error && 'permanent' in error && error.permanent === true;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
