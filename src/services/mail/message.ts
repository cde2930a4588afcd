import type { Mail } from './mail';

/** A mail as nodemailer takes it. */
export function toMessage({ to, subject, text }: Mail, from: string) {
  return {
    from,
    // Not as text, in which a comma or a bracket would name further people.
    to: { name: '', address: to },
    subject,
    text,
    // RFC 3834 section 5: so that no holiday notice answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
