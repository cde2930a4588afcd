import type { Browser, Page } from 'playwright-core';
import type { SignedInAccount } from './accounts';
import { openPage } from './browser';

/** The page for people in a browser of its own, and what it has to complain of. */
export interface Visit {
  page: Page;
  /** Errors on the console, refusals by the policy among them, and errors that nobody caught. */
  complaints: string[];
  /** Method and path of each request to the API, in order. */
  calls: string[];
}

/**
 * Opens an address of the page.
 * @param url of the server, or of a proxy before it
 * @param account who is signed in there already; absent: a guest
 */
export async function visit(
  browser: Browser,
  url: string,
  path: string,
  account?: SignedInAccount,
): Promise<Visit> {
  const page = await openPage(browser);
  const complaints: string[] = [];
  const calls: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) calls.push(`${request.method()} ${pathname}`);
  });
  if (account) await bringCookies(page, url, account);
  await page.goto(`${url}${path}`);
  return { page, complaints, calls };
}

/** As the sign-in leaves a browser. */
async function bringCookies(page: Page, url: string, account: SignedInAccount): Promise<void> {
  const { hostname: domain } = new URL(url);
  const { accessToken, refreshToken } = account;
  const shared = { domain, httpOnly: true };
  await page.context().addCookies([
    { ...shared, name: 'accessToken', value: accessToken, path: '/' },
    { ...shared, name: 'refreshToken', value: refreshToken, path: '/api/v1/users' },
  ]);
  await page.addInitScript(() => localStorage.setItem('signed-in', '1'));
}

/** What a browser says of each answer that is a refusal; some are what a test is about. */
export function unexpected(complaints: readonly string[]): string[] {
  return complaints.filter((text) => !text.startsWith('Failed to load resource'));
}
