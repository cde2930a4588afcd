import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { reasonOf } from '../utils/boot-error';

/** Of the secrets that are generated, in DATA_DIR. */
export const SECRET_FILES = {
  access: 'access-token.secret',
  refresh: 'refresh-token.secret',
} as const;

const MINIMUM_SECRET_BYTES = 32;
const SAMPLE_WORDS = /change|replace|sample|example|your[-_ ]|dummy|password/i;

interface SecretSources {
  accessSecret: string | undefined;
  refreshSecret: string | undefined;
  /** Comma-separated secrets that signed before: theirs is still believed, none is signed by them. */
  previousAccessSecrets: string | undefined;
  previousRefreshSecrets: string | undefined;
  production: boolean;
  /** Where generated secrets live; undefined when nothing may be generated. */
  dataDir: string | undefined;
  notify: (message: string) => void;
}

/** What signs and verifies tokens. */
export interface ResolvedSecrets {
  access: string;
  refresh: string;
  previousAccess: readonly string[];
  previousRefresh: readonly string[];
  faults: string[];
}

/**
 * Decides both token secrets. Production takes only strong, distinct values from the environment;
 * elsewhere missing ones are generated once into DATA_DIR, so that a restart keeps everybody
 * signed in. Faults name the variable and never its value.
 */
export function resolveTokenSecrets(sources: SecretSources): ResolvedSecrets {
  const previousAccess = listedSecrets(sources.previousAccessSecrets);
  const previousRefresh = listedSecrets(sources.previousRefreshSecrets);
  const faults = [
    ...secretFaults('ACCESS_TOKEN_SECRET', sources.accessSecret, sources.production),
    ...secretFaults('REFRESH_TOKEN_SECRET', sources.refreshSecret, sources.production),
    // What verifies must be as strong as what signs: a guess is a way in through either.
    ...listFaults('ACCESS_TOKEN_PREVIOUS_SECRETS', previousAccess, sources.production),
    ...listFaults('REFRESH_TOKEN_PREVIOUS_SECRETS', previousRefresh, sources.production),
  ];
  if (sources.accessSecret !== undefined && sources.accessSecret === sources.refreshSecret) {
    faults.push('ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET must differ');
  }
  const resolved = {
    access: sources.accessSecret ?? '',
    refresh: sources.refreshSecret ?? '',
    previousAccess,
    previousRefresh,
  };
  if (faults.length > 0 || sources.dataDir === undefined) return { ...resolved, faults };
  try {
    resolved.access ||= storedSecret(sources.dataDir, SECRET_FILES.access, sources.notify);
    resolved.refresh ||= storedSecret(sources.dataDir, SECRET_FILES.refresh, sources.notify);
  } catch (error) {
    faults.push(`DATA_DIR cannot be written: ${reasonOf(error)}`);
  }
  return { ...resolved, faults };
}

function secretFaults(name: string, value: string | undefined, production: boolean): string[] {
  if (!production) return [];
  if (value === undefined) return [`${name} is required in production`];
  if (Buffer.byteLength(value) < MINIMUM_SECRET_BYTES) {
    return [`${name} must be at least ${MINIMUM_SECRET_BYTES} bytes long`];
  }
  // Long is not strong: "aaaa…" and the sample file's text are known to everybody.
  if (SAMPLE_WORDS.test(value) || new Set(value).size < 10) {
    return [`${name} must be a random value, not a sample (try: openssl rand -base64 48)`];
  }
  return [];
}

function listedSecrets(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
}

/** Each fault once: which of the list it is cannot be said without its value. */
function listFaults(name: string, secrets: readonly string[], production: boolean): string[] {
  return [...new Set(secrets.flatMap((secret) => secretFaults(name, secret, production)))];
}

/** Reads the secret kept in DATA_DIR, or makes it there (mode 0600) on the first start. */
function storedSecret(dataDir: string, name: string, notify: (message: string) => void): string {
  const file = path.join(dataDir, name);
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const existing = readIfPresent(file);
  if (existing !== undefined && Buffer.byteLength(existing) >= MINIMUM_SECRET_BYTES) {
    return existing;
  }
  const secret = randomBytes(48).toString('base64url');
  // Written whole and then linked: a crash in between must not leave half a secret.
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, secret, { mode: 0o600 });
  try {
    if (existing !== undefined) fs.unlinkSync(file);
    // Fails where another process was quicker: two that start at once sign with the same secret.
    fs.linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return fs.readFileSync(file, 'utf8').trim();
  } finally {
    fs.unlinkSync(draft);
  }
  notify(`Generated ${file} (mode 0600); set the token secrets yourself in production`);
  return secret;
}

function readIfPresent(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : undefined;
}
