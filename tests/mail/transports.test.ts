import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MailRefusedError, type Mail, type MailTransport } from '../../src/services/mail/mail';
import { createOutboxTransport } from '../../src/services/mail/outbox-transport';
import { createSmtpTransport } from '../../src/services/mail/smtp-transport';
import { smtpRefusal, startMailServer, type MailServer } from '../helpers/mail-server';
import { mailsIn } from '../helpers/mails';

const FROM = 'VideoTube <no-reply@example.com>';
const MAIL: Mail = {
  kind: 'greeting',
  to: 'ada@example.com',
  subject: 'Hello',
  text: 'Good morning,\n\nhttps://videos.example.com/account/reset-password#token=q3VbT0Zx8cX2mDk1YwR5Lg\n',
};

describe('the SMTP transport', () => {
  let running: { server: MailServer; transport: MailTransport }[] = [];
  afterEach(async () => {
    for (const { server, transport } of running) {
      transport.close();
      await server.stop();
    }
    running = [];
  });

  async function start(...options: Parameters<typeof startMailServer>) {
    const server = await startMailServer(...options);
    const transport = createSmtpTransport(server.url, FROM);
    running.push({ server, transport });
    return { server, transport };
  }

  test('deliver, when the mail server takes it, hands over sender, receiver, subject and text', async () => {
    const { server, transport } = await start();

    const { messageId } = await transport.deliver(MAIL);

    expect(server.receivers).toEqual([MAIL.to]);
    expect(server.mails[0]).toMatchObject({ to: MAIL.to, subject: MAIL.subject });
    expect(server.mails[0]?.text.trimEnd()).toBe(MAIL.text.trimEnd());
    expect(server.mails[0]?.source).toContain(`From: ${FROM}`);
    expect(server.mails[0]?.source).toContain('Auto-Submitted: auto-generated');
    expect(server.mails[0]?.source).toContain(`Message-ID: ${messageId}`);
  });

  test('deliver, when the mail server asks who we are, tells it what the address says', async () => {
    const credentials = { user: 'videotube', password: 'word-of-the-mailer' };
    const { server, transport } = await start({ credentials });

    await transport.deliver(MAIL);

    expect(server.mails).toHaveLength(1);
  });

  test('deliver, when the address has the wrong password, fails without repeating it', async () => {
    const server = await startMailServer({ credentials: { user: 'a', password: 'right' } });
    const url = server.url.replace('right', 'hunter2');
    const transport = createSmtpTransport(url, FROM);
    running.push({ server, transport });

    const failure = await transport.deliver(MAIL).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).not.toContain('hunter2');
    expect(server.mails).toEqual([]);
  });

  test('deliver, when the mail server refuses for good, says so', async () => {
    const { transport } = await start({
      onMail: () => {
        throw smtpRefusal(550, 'no such mailbox');
      },
    });

    await expect(transport.deliver(MAIL)).rejects.toThrow(MailRefusedError);
  });

  test('deliver, when the mail server refuses for now, fails so that it is tried again', async () => {
    const { transport } = await start({
      onMail: () => {
        throw smtpRefusal(451, 'come back later');
      },
    });

    const failure = await transport.deliver(MAIL).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(MailRefusedError);
  });

  test.each([
    ['', false],
    ['?requireTLS=false', true],
  ])(
    'deliver, when TLS is required, the mail server has none and the address ends with %j, sends: %s',
    async (query, sends) => {
      const server = await startMailServer();
      const transport = createSmtpTransport(`${server.url}/${query}`, FROM, { requireTls: true });
      running.push({ server, transport });

      const failure = await transport.deliver(MAIL).catch((error: unknown) => error);

      expect(server.mails).toHaveLength(sends ? 1 : 0);
      expect(failure).toMatchObject(sends ? { messageId: expect.any(String) } : { code: 'ETLS' });
    },
  );

  test('deliver, when the mail server is away, fails so that it is tried again', async () => {
    const { server, transport } = await start();
    await server.stop();

    const failure = await transport.deliver(MAIL).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'ESOCKET' });
    expect(failure).not.toBeInstanceOf(MailRefusedError);
  });

  test.each(['ada@example.com, eve@example.com', 'ada@example.com>,<eve@example.com'])(
    'deliver, when an address is %j, sends to nobody else',
    async (to) => {
      const { server, transport } = await start();

      await transport.deliver({ ...MAIL, to }).catch(() => undefined);

      expect(server.receivers).not.toContain('eve@example.com');
    },
  );
});

describe('the outbox', () => {
  let dataDir: string;
  let transport: MailTransport;
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'videotube-outbox-'));
    transport = createOutboxTransport(path.join(dataDir, 'outbox'), FROM);
  });
  afterEach(async () => {
    transport.close();
    await rm(dataDir, { recursive: true });
  });

  test('deliver, when mails are sent, writes a file for each, in order', async () => {
    await transport.deliver(MAIL);
    await transport.deliver({ ...MAIL, to: 'eve@example.com' });

    const mails = await mailsIn({ dataDir });
    expect(mails.map(({ to }) => to).sort()).toEqual(['ada@example.com', 'eve@example.com']);
    expect(mails[0]?.text).toBe(MAIL.text);
    expect(mails[0]?.source).toContain(`From: ${FROM}`);
  });

  test('deliver, when a mail is written, tells its file, which nobody else may read', async () => {
    const { file = '' } = await transport.deliver(MAIL);

    const folder = path.join(dataDir, 'outbox');
    expect(await readdir(folder)).toEqual([path.basename(file)]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('deliver, when the folder cannot be written, fails so that it is tried again', async () => {
    const blocked = createOutboxTransport('/dev/null/outbox', FROM);

    const failure = await blocked.deliver(MAIL).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'ENOTDIR' });
    expect(failure).not.toBeInstanceOf(MailRefusedError);
  });
});
