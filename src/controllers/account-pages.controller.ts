import path from 'node:path';
import express, { type RequestHandler } from 'express';
import type { AccountPage } from '../services/mail/account-mails';

// The same depth from src/controllers and from dist/controllers.
const FOLDER = path.resolve(__dirname, '..', '..', 'public', 'account');

/** What a page needs and nothing more: its own files, and calls of the API beside it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Handlers of the small pages to which our mails link. */
export function createAccountPagesController() {
  const page =
    (name: AccountPage): RequestHandler =>
    (_request, response) => {
      response
        .set('Content-Security-Policy', PAGE_POLICY)
        .set('Cache-Control', 'no-cache')
        .sendFile(`${name}.html`, { root: FOLDER, cacheControl: false, acceptRanges: false });
    };

  return {
    verifyEmail: page('verify-email'),
    resetPassword: page('reset-password'),
    /** Scripts and styles of the pages. */
    assets: express.static(path.join(FOLDER, 'assets'), { index: false, redirect: false }),
  };
}
