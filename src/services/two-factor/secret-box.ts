import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D section 8.2: 96 bits, random, for far fewer than 2^32 messages of one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Names what the key is for, so that no other use of the same secret derives the same key. */
const KEY_PURPOSE = 'videotube two-factor secrets';
/** Names the format, should there ever be a second one. */
const VERSION = 'v1';

/** What was in a sealed text. */
export interface OpenedSecret {
  text: string;
  /** Whether it was sealed under a secret that is on its way out, and wants to be sealed anew. */
  outdated: boolean;
}

/** Keeps secrets that the server must read again, so that a copy of the database does not tell them. */
export interface SecretBox {
  /**
   * @param owner whose it is; it opens for nobody else, so that rows cannot be swapped
   * @returns printable text, another one each time
   */
  seal(text: string, owner: string): string;
  /** @throws Error when no known secret opens it: it was altered, or its secret is listed no more */
  open(sealed: string, owner: string): OpenedSecret;
}

/**
 * AES-256-GCM under a key that HKDF (RFC 5869) derives from the present secret.
 * @param previousSecrets older ones, which open and never seal
 */
export function createSecretBox(secret: string, previousSecrets: readonly string[]): SecretBox {
  const key = deriveKey(secret);
  const keys = [key, ...previousSecrets.map(deriveKey)];

  return {
    seal(text, owner) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(owner));
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `${VERSION}.${Buffer.concat(parts).toString('base64url')}`;
    },

    open(sealed, owner) {
      for (const [index, candidate] of keys.entries()) {
        const text = decrypt(sealed, owner, candidate);
        if (text !== undefined) return { text, outdated: index > 0 };
      }
      throw new Error(
        'A stored two-factor secret opens under none of the known keys. Was REFRESH_TOKEN_SECRET changed without listing the old one in REFRESH_TOKEN_PREVIOUS_SECRETS?',
      );
    },
  };
}

function deriveKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', KEY_PURPOSE, KEY_BYTES));
}

/** @returns undefined when it was not sealed so: with this key, for this owner */
function decrypt(sealed: string, owner: string, key: Buffer): string | undefined {
  const [version, body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // The tag does not fit: node:crypto says so by an error without a code of its own.
    return undefined;
  }
}
