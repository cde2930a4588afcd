import type { Browser, Page } from 'playwright-core';
import { Session } from '../../src/models/session.model';
import {
  accountFields,
  AVATAR,
  COVER_IMAGE,
  bearer,
  login,
  registerAndLogin,
  type SignedInAccount,
} from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { unexpected, visit, type Visit } from '../helpers/app-page';
import { findChromium, launchChromium } from '../helpers/browser';
import { mailTo, SUBJECTS } from '../helpers/mails';
import { startTestServer, type TestServer } from '../helpers/server';
import { nextCode, registerWithTwoFactor } from '../helpers/two-factor';

const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write('the page: skipped, no Chromium here; install one or set CHROMIUM_PATH\n');
}

(executablePath ? describe : describe.skip)('an account on the page in Chromium', () => {
  let server: TestServer;
  let browser: Browser;
  let shown: Visit;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(executablePath ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(async () => {
    await shown.page.close();
    expect(unexpected(shown.complaints)).toEqual([]);
  });

  async function open(path: string, account?: SignedInAccount): Promise<Page> {
    shown = await visit(browser, server.url, path, account);
    return shown.page;
  }

  async function fillSignIn(page: Page, name: string, password: string): Promise<void> {
    await page.getByLabel('Username or email').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.locator('main [type=submit]').click();
  }

  test('a newcomer, when the form is filled, has an account and is back where one was', async () => {
    const { fullName, username, email, password } = accountFields({ fullName: 'Emmy Noether' });
    const page = await open('/register?next=%2Fsearch%3Fquery%3Dsea');

    await page.setInputFiles('[name=avatar]', AVATAR);
    await page.getByLabel('Name', { exact: true }).fill(fullName);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.locator('main [type=submit]').click();

    await page.waitForURL('**/search?query=sea');
    await page.getByRole('button', { name: 'Your account, Emmy Noether' }).waitFor();
    expect(shown.complaints).toEqual([]);
  });

  test('a field that the API refuses, when sent, has its reason beside it and the focus', async () => {
    const { user } = await registerAndLogin(server);
    const page = await open('/register');
    await page.setInputFiles('[name=avatar]', AVATAR);
    await page.getByLabel('Name', { exact: true }).fill('Emmy');
    await page.getByLabel('Username').fill('no spaces here');
    await page.getByLabel('Email').fill(user.email);
    await page.getByLabel('Password').fill('password123');

    await page.locator('main [type=submit]').click();

    await page.getByText('The username may have letters, digits').waitFor();
    await page.getByText('The password is too common, please choose another.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe(
      'username',
    );
  });

  test('signing in, when the password is wrong and then right, says so and goes on', async () => {
    const { user, password } = await registerAndLogin(server);
    const page = await open('/settings');
    await page.waitForURL('**/login?next=%2Fsettings');

    await fillSignIn(page, user.username, 'not the right one');
    await page.locator('.form-status', { hasText: /\S/ }).waitFor();
    await fillSignIn(page, user.email, password);

    await page.waitForURL('**/settings');
    expect(shown.calls).not.toContain('POST /api/v1/users/refresh-token');
  });

  test.each([
    '%2F%2Fevil.example%2F',
    '%2F%09%2Fevil.example%2F',
    '%2F.%2F%2Fevil.example%2F',
    'javascript:alert(1)',
  ])(
    'signing in, when the address to go on to is %s, of another site, stays here',
    async (next) => {
      const { user, password } = await registerAndLogin(server);
      const page = await open(`/login?next=${next}`);

      await fillSignIn(page, user.username, password);

      await page.getByRole('button', { name: /^Your account/ }).waitFor();
      expect(page.url()).toBe(`${server.url}/`);
    },
  );

  test('signing in, when the account has a second factor, asks for the code', async () => {
    const account = await registerWithTwoFactor(server);
    const page = await open('/login');

    await fillSignIn(page, account.user.username, account.password);
    await page.getByLabel('Code').fill(await nextCode(account));
    await page.locator('main [type=submit]').click();

    await page.getByRole('button', { name: /^Your account/ }).waitFor();
  });

  test('a forgotten password, when asked for, brings a mail', async () => {
    const { user } = await registerAndLogin(server);
    const page = await open('/login');

    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('Email').fill(user.email);
    await page.getByRole('button', { name: 'Send the mail' }).click();

    await page.locator('.good').waitFor();
    expect((await mailTo(server, user.email, SUBJECTS.reset)).text).toContain(
      `${server.url}/account/reset-password#token=`,
    );
  });

  test('a token that is refused, when the page is used, is renewed once for all calls', async () => {
    const account = await registerAndLogin(server);
    const spoiled = { ...account, accessToken: `${account.accessToken.slice(0, -3)}AAA` };
    const page = await open('/studio', spoiled);

    await page.getByRole('heading', { name: 'Studio' }).waitFor();
    await page.getByText('You have no videos yet').waitFor();

    const refreshes = shown.calls.filter((call) => call.endsWith('/refresh-token'));
    expect(refreshes).toEqual(['POST /api/v1/users/refresh-token']);
  });

  test('a session that was ended elsewhere, when the page is opened, leaves a guest', async () => {
    const account = await registerAndLogin(server);
    await Session.deleteMany({ user: account.user._id });
    const page = await open('/', account);

    await page.getByRole('link', { name: 'Sign in' }).waitFor();
  });

  test('the settings, when profile, pictures and password are changed, keep them', async () => {
    const account = await registerAndLogin(server);
    const page = await open('/settings', account);

    await page.getByLabel('Name', { exact: true }).fill('Ada King');
    await page.getByLabel('About you').fill('Countess of Lovelace');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Your account, Ada King' }).waitFor();
    await page.setInputFiles('[name=coverImage]', COVER_IMAGE);
    await page.getByText('The picture is changed.').waitFor();
    await page.getByLabel('Present password').fill(account.password);
    await page.getByLabel('New password').fill('difference engine no. 2');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Password changed').waitFor();

    const again = await login(server, { ...account, password: 'difference engine no. 2' });
    expect(again.user).toMatchObject({
      fullName: 'Ada King',
      description: 'Countess of Lovelace',
      coverImage: expect.stringMatching(/^http/),
    });
  });

  test('sessions, when another is ended, no longer have it', async () => {
    const account = await registerAndLogin(server);
    const other = await login(server, account);
    const page = await open('/settings', account);
    await page.getByText('This one').waitFor();

    await page.getByRole('button', { name: /^Sign out on/ }).click();

    await page.getByText('Signed out there.').waitFor();
    const call = server.api().get('/api/v1/users/current-user').set(bearer(other.accessToken));
    expect((await call).status).toBe(401);
  });

  test('signing out, when chosen from the menu by keyboard, leaves a guest for good', async () => {
    const account = await registerAndLogin(server);
    const page = await open('/', account);
    await page.getByRole('button', { name: /^Your account/ }).focus();

    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');

    await page.getByText('You are signed out.').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(() => localStorage.getItem('signed-in'))).toBeNull();
    const call = server.api().get('/api/v1/users/current-user').set(bearer(account.accessToken));
    expect((await call).status).toBe(401);
  });

  test('a channel, when opened, shows its owner’s posts and lets the owner write one', async () => {
    const account = await registerAndLogin(server);
    const page = await open(`/c/${account.user.username}?tab=posts`, account);

    await page.getByLabel('Write a post').fill('New film tonight');
    await page.getByRole('button', { name: 'Post', exact: true }).click();

    await page.locator('.comment', { hasText: 'New film tonight' }).waitFor();
    const posts = dataOf(await server.api().get(`/api/v1/tweets/user/${account.user._id}`));
    expect(posts).toMatchObject([{ content: 'New film tonight' }]);
  });
});
