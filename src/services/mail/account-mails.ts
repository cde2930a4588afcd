import type { Config } from '../../config';
import type { Mail } from './mail';

/** The pages that links in mails lead to; a frontend at APP_URL has them at the same addresses. */
export type AccountPage = 'verify-email' | 'reset-password';

/** Makes the address of a page with a token. */
export type AccountLink = (page: AccountPage, token: string) => string;

/**
 * Links start with what is configured, never with what a request says (OWASP Forgot Password Cheat
 * Sheet: Host header injection). The token is in the fragment, which browsers send to nobody: it is
 * in no log of a proxy, and in no Referer.
 */
export function createAccountLinks(
  { appUrl }: Pick<Config, 'appUrl'>,
  publicUrl: () => string,
): AccountLink {
  return (page, token) => `${appUrl ?? publicUrl()}/account/${page}#token=${token}`;
}

// None of these holds a text that a person chose, such as a name: whoever could put a word of their
// own into a mail to any address would have us send their advertisements.

export function resetPasswordMail(to: string, link: string): Mail {
  return mail('reset-password', to, 'Choose a new password', [
    'Somebody, hopefully you, asked for a new password for your VideoTube',
    'account. Choose one here, within an hour:',
    '',
    link,
    '',
    'If it was not you, do nothing: your password stays as it is.',
  ]);
}

export function passwordWasResetMail(to: string): Mail {
  return mail('password-was-reset', to, 'Your password was changed', [
    'The password of your VideoTube account was changed with a link that we',
    'sent to this address. All devices are signed out.',
    '',
    'If it was not you, somebody else reads your mails: secure your mailbox',
    'first, then ask for a new password.',
  ]);
}

export function passwordChangedMail(to: string): Mail {
  return mail('password-changed', to, 'Your password was changed', [
    'The password of your VideoTube account was changed by somebody who knew',
    'the old one. All other devices are signed out.',
    '',
    'If it was not you, ask for a new password now.',
  ]);
}

export function verifyEmailMail(to: string, link: string): Mail {
  return mail('verify-email', to, 'Confirm your email address', [
    'Please confirm that this address is yours, within a day:',
    '',
    link,
    '',
    'If you have no account at VideoTube, somebody mistyped their address: do',
    'nothing.',
  ]);
}

export function changeEmailMail(to: string, link: string): Mail {
  return mail('change-email', to, 'Confirm your new email address', [
    'Somebody, hopefully you, wants to use this address for their VideoTube',
    'account. Confirm it here, within a day:',
    '',
    link,
    '',
    'If it was not you, do nothing: the address will not be used.',
  ]);
}

/** To the address that is about to be replaced: for its owner, the chance to object. */
export function emailChangeNotice(to: string): Mail {
  return mail('email-change-notice', to, 'Your email address is about to change', [
    'Somebody, hopefully you, asked to use another address than this one for',
    'your VideoTube account. It will change once the new one is confirmed.',
    '',
    'If it was not you, choose a new password now: that signs out everybody',
    'else and takes the change back.',
  ]);
}

/** To the address that was replaced. */
export function emailChangedNotice(to: string): Mail {
  return mail('email-changed-notice', to, 'Your email address was changed', [
    'Your VideoTube account has another email address now; there will be no',
    'more mails to this one.',
  ]);
}

function mail(kind: string, to: string, subject: string, lines: readonly string[]): Mail {
  return { kind, to, subject, text: `${lines.join('\n')}\n` };
}
