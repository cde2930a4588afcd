import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, loadConfig } from '../../src/config';

const STRONG_ACCESS = 'k7Jp2wQ9xVb4Rz6TnY1mHs8LdF3gCe5A';
const STRONG_REFRESH = 'Zq8Xv5Nc2Lr7Wt4Yb9Pm6Kh3Jd1Gs0Fa';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'videotube-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = (environment: Record<string, string> = {}) =>
  loadConfig({ DATA_DIR: folder, ...environment });

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const production = (environment: Record<string, string> = {}) => ({
  NODE_ENV: 'production',
  ACCESS_TOKEN_SECRET: STRONG_ACCESS,
  REFRESH_TOKEN_SECRET: STRONG_REFRESH,
  ...environment,
});

describe('loadConfig, defaults', () => {
  test('loadConfig, when nothing is set, answers the documented defaults', () => {
    const { accessToken, refreshToken, tempDir, ...rest } = load();

    expect(rest).toEqual({
      nodeEnv: 'development',
      isProduction: false,
      port: 8000,
      mongodbUri: undefined,
      autoMigrate: true,
      corsOrigins: [],
      cloudinary: undefined,
      dataDir: folder,
      publicUrl: undefined,
      appUrl: undefined,
      mail: { smtpUrl: undefined, from: 'VideoTube <no-reply@localhost>' },
      maxVideoBytes: 2_147_483_648,
      maxImageBytes: 10_485_760,
      maxAudioBytes: 536_870_912,
      maxBytesPerUser: 107_374_182_400,
      maxConcurrentUploads: 6,
      uploadsDir: path.join(folder, 'uploads'),
      uploadExpirySeconds: 86_400,
      publishPatienceSeconds: 20,
      jobLeaseSeconds: 30,
      jobAttempts: 200,
      maxDocumentBytes: 33_554_432,
      minFreeBytes: 67_108_864,
      ffmpeg: { command: 'ffmpeg', searchPath: '', isRequired: false },
      cookieSameSite: 'lax',
      trustProxy: false,
      logLevel: 'info',
      bcryptCost: 12,
      credentialAttemptsPerMinute: 60,
      failedLoginsPerAccount: 10,
      shutdownDeadlineSeconds: 10,
      stopWithParent: false,
      viewWindowSeconds: 86_400,
      viewRule: 'open',
      viewFlushSeconds: 5,
      webConcurrency: 1,
      readsPerMinute: 300_000,
      writesPerMinute: 12_000,
      uploadsPerMinute: 120,
    });
    expect(accessToken.expirySeconds).toBe(900);
    expect(refreshToken.expirySeconds).toBe(864_000);
    expect(tempDir).toBe(path.resolve(__dirname, '../../public/temp'));
  });

  test('loadConfig, when a variable is empty, takes it as not set', () => {
    expect(load({ PORT: '', CLOUDINARY_API_KEY: ' ' })).toMatchObject({ port: 8000 });
  });

  test('loadConfig, when done, answers what nobody can change', () => {
    const config = load();

    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.accessToken)).toBe(true);
    expect(Object.isFrozen(config.corsOrigins)).toBe(true);
  });
});

describe('loadConfig, values', () => {
  test.each([
    ['15m', 900],
    ['10d', 864_000],
    ['90', 90],
    ['12h', 43_200],
  ])('loadConfig, when an expiry is %s, answers it in seconds', (text, seconds) => {
    expect(load({ ACCESS_TOKEN_EXPIRY: text }).accessToken.expirySeconds).toBe(seconds);
  });

  test('loadConfig, when CORS_ORIGIN is a list, answers origins without spaces and slashes', () => {
    const { corsOrigins } = load({
      CORS_ORIGIN: 'https://a.example.com/, http://b.example.com:81',
    });

    expect(corsOrigins).toEqual(['https://a.example.com', 'http://b.example.com:81']);
  });

  test.each([
    ['false', false],
    ['2', 2],
    ['loopback, 10.0.0.0/8', 'loopback, 10.0.0.0/8'],
    ['2001:db8::/32,192.0.2.1', '2001:db8::/32,192.0.2.1'],
  ])('loadConfig, when TRUST_PROXY is %s, answers what Express means by it', (text, value) => {
    expect(load({ TRUST_PROXY: text }).trustProxy).toBe(value);
  });

  test.each(['no-reply@example.com', 'VideoTube <no-reply@example.com>'])(
    'loadConfig, when a mail server is set and mails come from %s, answers both',
    (from) => {
      const smtpUrl = 'smtps://me:word@mail.example.com:465';

      expect(load({ SMTP_URL: smtpUrl, MAIL_FROM: from }).mail).toEqual({ smtpUrl, from });
    },
  );

  test('loadConfig, when all of Cloudinary is set, answers it', () => {
    const { cloudinary } = load({
      CLOUDINARY_CLOUD_NAME: 'cloud',
      CLOUDINARY_API_KEY: 'key',
      CLOUDINARY_API_SECRET: 'value',
    });

    expect(cloudinary).toEqual({
      cloudName: 'cloud',
      apiKey: 'key',
      apiSecret: 'value',
      uploadPrefix: undefined,
    });
  });
});

describe('loadConfig, faults', () => {
  test('loadConfig, when several variables are wrong, names every one', () => {
    const faults = faultsOf({ PORT: 'http', LOG_LEVEL: 'loud', MONGODB_URI: 'localhost' });

    expect(faults).toEqual([
      'PORT must be a whole number',
      'MONGODB_URI must start with mongodb:// or mongodb+srv://',
      'LOG_LEVEL must be a pino level',
    ]);
  });

  test.each([
    [{ PORT: '70000' }, 'PORT must be between 0 and 65535'],
    [{ PORT: '-1' }, 'PORT must be a whole number'],
    [{ ACCESS_TOKEN_EXPIRY: 'soon' }, 'ACCESS_TOKEN_EXPIRY must be a duration such as 15m'],
    [{ ACCESS_TOKEN_EXPIRY: '-5m' }, 'ACCESS_TOKEN_EXPIRY must be a duration such as 15m'],
    [{ REFRESH_TOKEN_EXPIRY: '2y' }, 'REFRESH_TOKEN_EXPIRY must be a duration such as 15m'],
    [{ CORS_ORIGIN: 'example.com' }, 'CORS_ORIGIN must be a comma-separated list of origins'],
    [{ CORS_ORIGIN: 'https://a.example/path' }, 'CORS_ORIGIN must be a comma-separated list'],
    [{ PUBLIC_URL: 'ftp://example.com' }, 'PUBLIC_URL must be an http or https address'],
    [{ APP_URL: 'app.example.com' }, 'APP_URL must be an http or https address'],
    [{ MAIL_FROM: 'me, you@example.com' }, 'MAIL_FROM must be like no-reply@example.com or'],
    [{ MAIL_FROM: 'Me <me>' }, 'MAIL_FROM must be like no-reply@example.com or'],
    [{ SMTP_URL: 'smtp://mail.example.com' }, 'MAIL_FROM is missing while SMTP_URL is set'],
    [{ BCRYPT_COST: '9' }, 'BCRYPT_COST must be at least 10'],
    [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY must be a number of hops or a list of addresses'],
    [{ TRUST_PROXY: 'my-proxy' }, 'TRUST_PROXY must be a number of hops or a list of addresses'],
    [{ TRUST_PROXY: '0.0.0.0/0' }, 'TRUST_PROXY must be a number of hops or a list of addresses'],
    [{ TRUST_PROXY: '10.0.0.0/64' }, 'TRUST_PROXY must be a number of hops or a list of addresses'],
    [{ COOKIE_SAMESITE: 'none' }, 'COOKIE_SAMESITE may be none only in production'],
    [{ NODE_ENV: 'staging' }, 'NODE_ENV must be development, production or test'],
    [{ CLOUDINARY_API_KEY: 'key', CLOUDINARY_CLOUD_NAME: 'c' }, 'CLOUDINARY_API_SECRET is missing'],
  ])('loadConfig, when given %p, says what is wrong', (environment, fault) => {
    const faults = faultsOf(environment);

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test.each<Record<string, string>>([
    { MONGODB_URI: 'postgres://me:hunter2@host/db' },
    { SMTP_URL: 'http://me:hunter2@mail.example.com', MAIL_FROM: 'no-reply@example.com' },
  ])('loadConfig, when a value is wrong, never repeats the value', (environment) => {
    const faults = faultsOf(environment);

    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe('loadConfig, secrets in production', () => {
  test('loadConfig, when both are strong, takes them', () => {
    const config = load(production());

    expect(config.accessToken.secret).toBe(STRONG_ACCESS);
    expect(config.refreshToken.secret).toBe(STRONG_REFRESH);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('loadConfig, when they are missing, names both and generates nothing', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'ACCESS_TOKEN_SECRET is required in production',
      'REFRESH_TOKEN_SECRET is required in production',
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['short', 'k7Jp2wQ9xVb4Rz6TnY1mHs8LdF3gCe5', 'must be at least 32 bytes long'],
    ['the sample', 'change-me-to-openssl-rand-base64-48', 'must be a random value'],
    ['monotonous', 'a'.repeat(64), 'must be a random value'],
  ])('loadConfig, when a secret is %s, refuses it without repeating it', (_what, secret, rule) => {
    const faults = faultsOf(production({ ACCESS_TOKEN_SECRET: secret }));

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`ACCESS_TOKEN_SECRET ${rule}`);
    expect(faults[0]).not.toContain(secret);
  });

  test('loadConfig, when mails would link to localhost, refuses that', () => {
    const mail = { SMTP_URL: 'smtps://mail.example.com', MAIL_FROM: 'no-reply@example.com' };

    expect(faultsOf(production(mail))).toEqual([
      'PUBLIC_URL is missing in production while SMTP_URL is set: mails link to it, or to APP_URL',
    ]);
    expect(load(production({ ...mail, APP_URL: 'https://app.example.com' })).appUrl).toBe(
      'https://app.example.com',
    );
  });

  test('loadConfig, when both secrets are the same, refuses them', () => {
    expect(faultsOf(production({ REFRESH_TOKEN_SECRET: STRONG_ACCESS }))).toEqual([
      'ACCESS_TOKEN_SECRET and REFRESH_TOKEN_SECRET must differ',
    ]);
  });
});

describe('loadConfig, secrets of before', () => {
  const OLDER = 'nT5vR8mK2xQ7wZ4pL9jH3gF6dS1aY0cB';

  test('loadConfig, when none is listed, answers empty lists', () => {
    const { accessToken, refreshToken } = load();

    expect(accessToken.previousSecrets).toEqual([]);
    expect(refreshToken.previousSecrets).toEqual([]);
  });

  test('loadConfig, when some are listed, answers them beside the one that signs', () => {
    const { accessToken, refreshToken } = load(
      production({
        ACCESS_TOKEN_PREVIOUS_SECRETS: OLDER,
        REFRESH_TOKEN_PREVIOUS_SECRETS: ` ${OLDER}2, ${OLDER}3 ,`,
      }),
    );

    expect(accessToken).toMatchObject({ secret: STRONG_ACCESS, previousSecrets: [OLDER] });
    expect(refreshToken).toMatchObject({
      secret: STRONG_REFRESH,
      previousSecrets: [`${OLDER}2`, `${OLDER}3`],
    });
  });

  test.each(['ACCESS_TOKEN_PREVIOUS_SECRETS', 'REFRESH_TOKEN_PREVIOUS_SECRETS'])(
    'loadConfig, when %s holds a weak one in production, refuses it without repeating it',
    (name) => {
      const faults = faultsOf(production({ [name]: `${OLDER},hunter2` }));

      expect(faults).toEqual([`${name} must be at least 32 bytes long`]);
    },
  );
});

describe('loadConfig, secrets elsewhere', () => {
  test('loadConfig, when they are missing, generates them once, for the owner alone', () => {
    const notices: string[] = [];
    const first = loadConfig({ DATA_DIR: folder }, (notice) => notices.push(notice));
    const second = loadConfig({ DATA_DIR: folder }, (notice) => notices.push(notice));

    expect(second.accessToken.secret).toBe(first.accessToken.secret);
    expect(second.refreshToken.secret).toBe(first.refreshToken.secret);
    expect(first.accessToken.secret).not.toBe(first.refreshToken.secret);
    expect(Buffer.byteLength(first.accessToken.secret)).toBeGreaterThanOrEqual(32);
    for (const name of ['access-token.secret', 'refresh-token.secret']) {
      expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    }
    expect(notices).toHaveLength(2);
    expect(notices.join()).not.toContain(first.accessToken.secret);
  });

  test('loadConfig, when a stored secret was cut short, makes a new one', () => {
    writeFileSync(path.join(folder, 'access-token.secret'), 'abc');

    const { accessToken } = load();

    expect(Buffer.byteLength(accessToken.secret)).toBeGreaterThanOrEqual(32);
    expect(readFileSync(path.join(folder, 'access-token.secret'), 'utf8')).toBe(accessToken.secret);
  });

  test('loadConfig, when the data folder cannot be made, says so', () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');

    const faults = faultsOf({ DATA_DIR: path.join(file, 'data') });

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('DATA_DIR cannot be written');
  });
});
