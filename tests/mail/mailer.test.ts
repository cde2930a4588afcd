import { MailRefusedError, type Mail, type MailTransport } from '../../src/services/mail/mail';
import { createMailer } from '../../src/services/mail/mailer';
import { eventually } from '../helpers/eventually';
import { recordingLogger } from '../helpers/recording-logger';

const MAIL: Mail = {
  kind: 'greeting',
  to: 'ada@example.com',
  subject: 'Hello',
  text: 'the secret is q3VbT0Zx8cX2mDk1YwR5Lg',
};

/** A transport that fails as it is told, before it takes mails. */
function failingTransport(failures: Error[]) {
  const taken: Mail[] = [];
  const attempts: Mail[] = [];
  const transport: MailTransport = {
    kind: 'smtp',
    deliver: async (mail) => {
      attempts.push(mail);
      const failure = failures.shift();
      if (failure) throw failure;
      taken.push(mail);
      return { messageId: '<1@example.com>' };
    },
    close: () => undefined,
  };
  return { transport, taken, attempts };
}

function startMailer(transport: MailTransport, retryMilliseconds: number[], drainSeconds = 5) {
  const { logger, lines } = recordingLogger();
  const mailer = createMailer({ transport, logger, drainSeconds, retryMilliseconds });
  const messages = () => lines().map(({ msg }) => msg);
  return { mailer, lines, messages };
}

const broken = () => new Error('connect ECONNREFUSED');

describe('the mailer', () => {
  test('post, when the mail server fails twice, tries until it takes the mail', async () => {
    const { transport, taken } = failingTransport([broken(), broken()]);
    const { mailer, messages } = startMailer(transport, [1, 1, 1]);

    mailer.post('greeting', async () => MAIL);

    await eventually(() => expect(taken).toEqual([MAIL]));
    await mailer.stop();
    expect(messages()).toEqual([
      'mail not sent yet',
      'mail not sent yet',
      'mail handed over to smtp',
    ]);
  });

  test('post, when the mail server never takes it, gives up after the last delay and says so', async () => {
    const failures = [broken(), broken(), broken(), broken()];
    const { transport, attempts } = failingTransport(failures);
    const { mailer, lines, messages } = startMailer(transport, [1, 1]);

    mailer.post('greeting', async () => MAIL);

    await eventually(() => expect(messages()).toContain('mail given up'));
    await mailer.stop();
    expect(attempts).toHaveLength(3);
    expect(lines().at(-1)).toMatchObject({ level: 50, mail: 'greeting', attempts: 3 });
  });

  test('post, when the mail server refuses the mail for good, does not try again', async () => {
    const refusal = new MailRefusedError('550 no such mailbox', undefined);
    const { transport, attempts } = failingTransport([refusal]);
    const { mailer, messages } = startMailer(transport, [1, 1]);

    mailer.post('greeting', async () => MAIL);

    await eventually(() => expect(messages()).toEqual(['mail given up']));
    await mailer.stop();
    expect(attempts).toHaveLength(1);
  });

  test('post, when composing fails once, composes again and sends one mail', async () => {
    const { transport, taken } = failingTransport([]);
    const { mailer } = startMailer(transport, [1]);
    let calls = 0;

    mailer.post('greeting', async () => {
      calls += 1;
      if (calls === 1) throw new Error('the database is away');
      return MAIL;
    });

    await eventually(() => expect(taken).toEqual([MAIL]));
    await mailer.stop();
  });

  test('post, when sending fails, does not compose again', async () => {
    const { transport, taken } = failingTransport([broken()]);
    const { mailer } = startMailer(transport, [1]);
    let calls = 0;

    mailer.post('greeting', async () => {
      calls += 1;
      return MAIL;
    });

    await eventually(() => expect(taken).toHaveLength(1));
    await mailer.stop();
    expect(calls).toBe(1);
  });

  test('post, when there is nothing to send, sends and logs nothing', async () => {
    const { transport, attempts } = failingTransport([]);
    const { mailer, messages } = startMailer(transport, [1]);

    mailer.post('greeting', async () => undefined);
    await mailer.stop();

    expect(attempts).toEqual([]);
    expect(messages()).toEqual([]);
  });

  test('post, when the mail server repeats the text in its refusal, logs neither token nor address', async () => {
    const repeated = new Error(`554 5.7.1 <${MAIL.to}>: looks like spam: ${MAIL.text}`);
    const { transport } = failingTransport([repeated]);
    const { mailer, lines } = startMailer(transport, []);

    mailer.post('greeting', async () => MAIL);
    await mailer.stop();

    const log = JSON.stringify(lines());
    expect(log).toContain('554 5.7.1 <[redacted]>: looks like spam: the secret is [redacted]');
    expect(log).not.toContain('q3VbT0Zx8cX2mDk1YwR5Lg');
    expect(log).not.toContain(MAIL.to);
  });

  test('stop, when mails wait for their next attempt, gives each one more at once', async () => {
    const { transport, taken } = failingTransport([broken(), broken()]);
    const { mailer, messages } = startMailer(transport, [3_600_000]);
    mailer.post('greeting', async () => MAIL);
    mailer.post('greeting', async () => MAIL);
    await eventually(() => expect(messages()).toHaveLength(2));

    await mailer.stop();

    expect(taken).toEqual([MAIL, MAIL]);
  });

  test('stop, when the mail server is still away, gives up what waits and says how much', async () => {
    const { transport, attempts } = failingTransport([broken(), broken(), broken()]);
    const { mailer, messages } = startMailer(transport, [3_600_000, 3_600_000]);
    mailer.post('greeting', async () => MAIL);
    await eventually(() => expect(messages()).toHaveLength(1));

    await mailer.stop();

    expect(attempts).toHaveLength(2);
    expect(messages()).toEqual(['mail not sent yet', 'mail given up']);
  });

  test('stop, when the mail server hangs, ends all the same', async () => {
    const transport: MailTransport = {
      kind: 'smtp',
      deliver: () => new Promise(() => undefined),
      close: () => undefined,
    };
    const { mailer, lines } = startMailer(transport, [], 0.05);
    mailer.post('greeting', async () => MAIL);

    await mailer.stop();

    expect(lines().at(-1)).toMatchObject({ level: 50, mails: 1 });
  });

  test('post, when a thousand mails wait already, gives the next one up', async () => {
    const transport: MailTransport = {
      kind: 'smtp',
      deliver: () => new Promise(() => undefined),
      close: () => undefined,
    };
    const { mailer, lines } = startMailer(transport, [], 0.01);
    for (let count = 0; count < 1000; count += 1) mailer.post('greeting', async () => MAIL);
    expect(lines()).toEqual([]);

    mailer.post('greeting', async () => MAIL);

    expect(lines()).toEqual([expect.objectContaining({ level: 50, waiting: 1000 })]);
    await mailer.stop();
  });
});
