import { createTransport } from 'nodemailer';
import { MailRefusedError, type MailTransport } from './mail';
import { toMessage } from './message';

const CONNECTIONS = 2;
/** A mail server that does not answer must not hold up those behind it for nodemailer's minutes. */
const CONNECT_MILLISECONDS = 10_000;
const IDLE_MILLISECONDS = 30_000;

/** What an address can say about TLS itself. */
const TLS_OPTIONS = ['requireTLS', 'ignoreTLS', 'opportunisticTLS'];

/**
 * Delivers to a mail server, over TLS where the server offers it (STARTTLS) or the address is smtps.
 * @param url `smtp://user:password@host:port`, or smtps; nodemailer's options may follow as a query
 * @param requireTls whether nothing is sent without TLS, unless the address decides otherwise
 */
export function createSmtpTransport(
  url: string,
  from: string,
  { requireTls = false } = {},
): MailTransport {
  const decidesItself = TLS_OPTIONS.some((option) => new URL(url).searchParams.has(option));
  const transporter = createTransport({
    url,
    ...(requireTls && !decidesItself && { requireTLS: true }),
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

/** What nodemailer calls a fault of the sender or receiver, and of the text. */
const FAULTS_OF_A_MAIL: readonly unknown[] = ['EENVELOPE', 'EMESSAGE'];

/**
 * RFC 5321 section 4.2.1: 5yz means that the same mail will be refused again. A password or a
 * certificate that is refused is no fault of the mail, and may be mended.
 */
function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error) || !('permanent' in error) || !('code' in error)) return false;
  return error.permanent === true && FAULTS_OF_A_MAIL.includes(error.code);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
