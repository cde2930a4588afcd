import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createAccountLinks } from '../../src/services/mail/account-mails';
import { bearer, login, register } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { smtpRefusal, startMailServer, type MailServer } from '../helpers/mail-server';
import { mailTo, SUBJECTS, tokenIn } from '../helpers/mails';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';

const FROM = 'VideoTube <no-reply@example.com>';
const NEW_PASSWORD = 'difference engine no. 2';

let server: TestServer | undefined;
let mailServer: MailServer | undefined;
afterEach(async () => {
  await server?.stop();
  await mailServer?.stop();
  server = undefined;
  mailServer = undefined;
});

const users = (path: string) => `/api/v1/users/${path}`;

function forgot({ api }: TestServer, email: string) {
  return api().post(users('forgot-password')).send({ email });
}

describe('mails by SMTP', () => {
  test('forgot-password, when a mail server is set, sends the link there and it works', async () => {
    const mails = await startMailServer();
    mailServer = mails;
    const here = await startTestServer({
      env: { SMTP_URL: mails.url, MAIL_FROM: FROM, APP_URL: 'https://app.example.com/' },
    });
    server = here;
    const { user } = await register(here);
    dataOf(await forgot(here, user.email));
    await eventually(() => expect(mails.mails).toHaveLength(2));

    expect(mails.receivers).toEqual([user.email, user.email]);
    const mail = mails.mails.find(({ subject }) => subject === SUBJECTS.reset);
    if (!mail) throw new Error('no mail for a new password');
    const token = tokenIn(mail);
    expect(mail.text).toContain(`https://app.example.com/account/reset-password#token=${token}`);
    const body = { token, newPassword: NEW_PASSWORD };
    dataOf(await here.api().post(users('reset-password')).send(body));
  });

  test('forgot-password, when the mail server takes nothing, answers the same and sends once it does', async () => {
    let isAway = true;
    const mails = await startMailServer({
      onMail: () => {
        if (isAway) throw smtpRefusal(421, 'closing down');
      },
    });
    mailServer = mails;
    const { logger, lines } = recordingLogger();
    const here = await startTestServer({ logger, env: { SMTP_URL: mails.url, MAIL_FROM: FROM } });
    server = here;
    const { user } = await register(here);

    expect(dataOf(await forgot(here, user.email))).toEqual({});

    await eventually(() => {
      const failed = lines().filter(({ msg }) => msg === 'mail not sent yet');
      expect(failed.map(({ mail }) => mail)).toContain('reset-password');
    });
    expect(mails.mails).toEqual([]);
    isAway = false;
    await eventually(() => {
      expect(mails.mails.map(({ subject }) => subject)).toContain(SUBJECTS.reset);
    });
  });

  test('stop, when mails are under way, waits until they are handed over', async () => {
    const mails = await startMailServer();
    mailServer = mails;
    const here = await startTestServer({ env: { SMTP_URL: mails.url, MAIL_FROM: FROM } });
    const { user } = await register(here);
    dataOf(await forgot(here, user.email));

    await here.stop();

    expect(mails.mails.map(({ subject }) => subject).sort()).toEqual([
      SUBJECTS.reset,
      SUBJECTS.verify,
    ]);
  });
});

describe('mails without a mail server', () => {
  test('register, when the server starts without one, writes the mail where the log says', async () => {
    const { logger, lines } = recordingLogger();
    const here = await startTestServer({ logger });
    server = here;
    const outbox = path.join(here.dataDir, 'outbox');
    expect(lines()).toContainEqual(
      expect.objectContaining({ outbox, msg: expect.stringContaining('set SMTP_URL') }),
    );

    const { user } = await register(here);

    await mailTo(here, user.email, SUBJECTS.verify);
    await eventually(() => expect(lines()).toContainEqual(written('verify-email')));
    const line = lines().find(({ msg }) => msg === 'mail handed over to outbox');
    expect(path.dirname(String(line?.file))).toBe(outbox);
    expect(await readFile(String(line?.file), 'utf8')).toContain(SUBJECTS.verify);
  });
});

describe('the links in mails', () => {
  test.each([
    [undefined, 'https://videos.example.com/base/account/reset-password#token=abc'],
    ['https://app.example.com', 'https://app.example.com/account/reset-password#token=abc'],
  ])('createAccountLinks, when APP_URL is %s, starts with what is configured', (appUrl, link) => {
    const linkTo = createAccountLinks({ appUrl }, () => 'https://videos.example.com/base');

    expect(linkTo('reset-password', 'abc')).toBe(link);
  });
});

describe('the log', () => {
  test('the log, when a password is reset and an address changed, holds no token, and says who did what', async () => {
    const { logger, lines } = recordingLogger();
    const here = await startTestServer({ logger });
    server = here;
    const account = await register(here);
    const { user } = account;
    const verification = tokenIn(await mailTo(here, user.email, SUBJECTS.verify));
    const verify = (token: string) => here.api().post(users('verify-email')).send({ token });
    dataOf(await verify(verification));
    dataOf(await forgot(here, user.email));
    const reset = tokenIn(await mailTo(here, user.email, SUBJECTS.reset));
    const resetPassword = () =>
      here.api().post(users('reset-password')).send({ token: reset, newPassword: NEW_PASSWORD });
    dataOf(await resetPassword());
    expect((await resetPassword()).status).toBe(400);
    const { accessToken } = await login(here, { user, password: NEW_PASSWORD });
    const email = `new_${user.email}`;
    const update = here.api().patch(users('update-account')).set(bearer(accessToken));
    dataOf(await update.send({ email, password: NEW_PASSWORD }));
    const change = tokenIn(await mailTo(here, email, SUBJECTS.change));
    dataOf(await verify(change));

    const log = JSON.stringify(lines());
    for (const secret of [verification, reset, change, NEW_PASSWORD]) {
      expect(log).not.toContain(secret);
    }
    const trail = lines().filter(({ audit }) => audit === true);
    const events = trail.map(({ event, outcome, userId }) => ({ event, outcome, userId }));
    const userId = user._id;
    expect(events).toEqual(
      expect.arrayContaining([
        { event: 'email-verified', outcome: 'success', userId },
        { event: 'password-reset-requested', outcome: 'success', userId },
        { event: 'password-reset', outcome: 'success', userId },
        { event: 'password-reset', outcome: 'failure', userId: undefined },
        { event: 'email-change-requested', outcome: 'success', userId },
        { event: 'email-change', outcome: 'success', userId },
      ]),
    );
    expect(trail.find(({ event }) => event === 'password-reset-requested')).toMatchObject({
      requestId: expect.any(String),
      ip: expect.any(String),
    });
  });
});

function written(mail: string) {
  return expect.objectContaining({ mail, msg: 'mail handed over to outbox' });
}
