import type { Browser, Page } from 'playwright-core';
import { bearer, login, register } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { findChromium, launchChromium, openPage } from '../helpers/browser';
import { mailTo, SUBJECTS, tokenIn, type ReceivedMail } from '../helpers/mails';
import { startTestServer, type TestServer } from '../helpers/server';

const NEW_PASSWORD = 'difference engine no. 2';

const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write(
    'account pages: skipped, no Chromium here; install one or set CHROMIUM_PATH\n',
  );
}

/** The address in a mail, as a person would click on it. */
function linkIn({ text }: ReceivedMail): string {
  const link = /^http\S+$/m.exec(text)?.[0];
  if (!link) throw new Error(`no link in ${text}`);
  return link;
}

(executablePath ? describe : describe.skip)('the account pages in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let asked: string[];
  let complaints: string[];

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(executablePath ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    asked = [];
    complaints = [];
    page = await openPage(browser);
    page.on('request', (request) => {
      asked.push(`${request.method()} ${request.url().replace(server.url, '')}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(() => page.close());

  const status = () => page.locator('#status');

  async function resetLink(email: string): Promise<string> {
    dataOf(await server.api().post('/api/v1/users/forgot-password').send({ email }));
    return linkIn(await mailTo(server, email, SUBJECTS.reset));
  }

  test('the page of a new password, when the link of the mail is followed, changes it', async () => {
    const account = await register(server);
    await page.goto(await resetLink(account.user.email));

    await page.fill('#newPassword', NEW_PASSWORD);
    await page.click('button');

    await status().filter({ hasText: 'Password changed; please sign in with it.' }).waitFor();
    expect(await page.locator('#form').isVisible()).toBe(false);
    expect(page.url()).toBe(`${server.url}/account/reset-password`);
    await login(server, { user: account.user, password: NEW_PASSWORD });
    expect(complaints).toEqual([]);
  });

  test('the page of a new password, when it is common, says so and lets one try again', async () => {
    const { user } = await register(server);
    await page.goto(await resetLink(user.email));

    await page.fill('#newPassword', 'password123');
    await page.click('button');
    await status().filter({ hasText: 'The new password is too common' }).waitFor();
    await page.fill('#newPassword', NEW_PASSWORD);
    await page.click('button');

    await status().filter({ hasText: 'Password changed' }).waitFor();
  });

  test('the page of a new password, when one asks to see it, shows it', async () => {
    const { user } = await register(server);
    await page.goto(await resetLink(user.email));

    await page.check('#show');
    expect(await page.getAttribute('#newPassword', 'type')).toBe('text');
    await page.uncheck('#show');
    expect(await page.getAttribute('#newPassword', 'type')).toBe('password');
  });

  test('the page that confirms an address, when it is opened alone, confirms nothing before the click', async () => {
    const account = await register(server);
    const mail = await mailTo(server, account.user.email, SUBJECTS.verify);
    await page.goto(linkIn(mail));
    await page.waitForSelector('button');
    const { accessToken } = await login(server, account);
    const isVerified = async () => {
      const call = server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
      return dataOf(await call).isEmailVerified;
    };
    expect(await isVerified()).toBe(false);

    await page.click('button');

    await status()
      .filter({ hasText: `${account.user.email} is confirmed.` })
      .waitFor();
    expect(await isVerified()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('a page, when its link was used, says how to go on', async () => {
    const { user } = await register(server);
    const link = linkIn(await mailTo(server, user.email, SUBJECTS.verify));
    for (const expected of ['is confirmed', 'please ask for a new one']) {
      await page.goto('about:blank');
      await page.goto(link);
      await page.click('button');
      await status().filter({ hasText: expected }).waitFor();
    }
  });

  test.each(['verify-email', 'reset-password'])(
    'the page %s, when it is opened without a token, says that the link is incomplete',
    async (name) => {
      await page.goto(`${server.url}/account/${name}`);

      await status().filter({ hasText: 'This link is incomplete.' }).waitFor();
      expect(await page.locator('#form').isVisible()).toBe(false);
      expect(complaints).toEqual([]);
    },
  );

  test('a page, when it is opened and used, sends its token to the API alone and asks no other origin', async () => {
    const { user } = await register(server);
    const mail = await mailTo(server, user.email, SUBJECTS.verify);

    await page.goto(linkIn(mail));
    await page.click('button');
    await status().filter({ hasText: 'is confirmed' }).waitFor();

    expect(asked.filter((request) => !/^(GET|POST) \//.test(request))).toEqual([]);
    expect(asked.join('\n')).not.toContain(tokenIn(mail));
    expect(asked.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /api/v1/users/verify-email',
    ]);
  });

  test('a page, when a script is put into it, does not run it', async () => {
    await page.goto(`${server.url}/account/verify-email`);

    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.setAttribute('nonce', 'none');
      try {
        script.textContent = 'window.intruder = true';
      } catch {
        // Trusted types refuse even the assignment.
      }
      document.head.append(script);
      return 'intruder' in window;
    });

    expect(ran).toBe(false);
    expect(complaints.join()).toMatch(/Content Security Policy|TrustedScript/);
  });
});
