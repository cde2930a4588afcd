/** One message to one person, in plain ASCII text. */
export interface Mail {
  /** What it is about, for the log: the text holds secrets and the address is a person's. */
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Where mails go: a mail server, or a folder. */
export interface MailTransport {
  readonly kind: 'smtp' | 'outbox';
  /**
   * Hands one mail over.
   * @returns where it went, for the log
   * @throws MailRefusedError when trying again is useless, any other Error when it is not
   */
  deliver(mail: Mail): Promise<{ readonly [where: string]: string }>;
  close(): void;
}

/** The mail server will never take this mail, e.g. as nobody has the address. */
export class MailRefusedError extends Error {
  constructor(reason: string, cause: unknown) {
    super(reason, { cause });
    this.name = 'MailRefusedError';
  }
}
