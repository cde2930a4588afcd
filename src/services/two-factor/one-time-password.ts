import { Secret, TOTP } from 'otpauth';

const ISSUER = 'VideoTube';
/** RFC 4226 section 4, R6: the recommended length of a shared secret. */
const SECRET_BYTES = 20;
/** What every authenticator app knows; several of them ignore any other choice. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** RFC 6238 section 5.2: one step either way, for clocks that differ and for slow fingers. */
const WINDOW_STEPS = 1;

/** @returns a new shared secret, in the base32 that people can type into their app */
export function newSharedSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The address that apps read from a QR code (Google Authenticator, Key Uri Format). */
export function enrolmentUri(sharedSecret: string, account: string): string {
  return totpOf(sharedSecret, account).toString();
}

/**
 * The time step whose code this is: the present one, or its neighbour.
 * @param code six digits
 * @returns a count of 30 seconds since 1970; undefined for a wrong code
 */
export function matchingStep(
  sharedSecret: string,
  code: string,
  timestamp = Date.now(),
): number | undefined {
  const totp = totpOf(sharedSecret);
  // The library compares in constant time.
  const delta = totp.validate({ token: code, timestamp, window: WINDOW_STEPS });
  return delta === null ? undefined : totp.counter({ timestamp }) + delta;
}

function totpOf(sharedSecret: string, label = ''): TOTP {
  return new TOTP({
    ...PARAMETERS,
    issuer: ISSUER,
    label,
    secret: Secret.fromBase32(sharedSecret),
  });
}
