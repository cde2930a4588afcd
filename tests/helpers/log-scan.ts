import { Writable } from 'node:stream';
import { symbols, type Logger } from 'pino';
import type { Response, Test } from 'supertest';
import { createLogger } from '../../src/utils/logger';

/** Watches what travels and what is logged, and tells which secrets of the one are in the other. */
export interface LogScan {
  /** What the server must log to. */
  readonly logger: Logger;
  /** For `agent.use`: notes the secrets of every request and answer. */
  watch(test: unknown): void;
  /** Log lines that hold a secret, each with the name of the field in which that travelled. */
  leaks(): string[];
  /** All that was logged so far. */
  written(): string;
}

/** Fields of requests and answers whose values nobody who reads logs may learn. */
const SECRET_FIELDS = new Set([
  'password',
  'oldPassword',
  'newPassword',
  'confirmPassword',
  'accessToken',
  'refreshToken',
  'token',
  'secret',
  'uri',
  'code',
  'recoveryCodes',
]);
/** Shorter words, a guess like `password` for one, are in honest lines too. */
const SHORTEST_SECRET = 12;
const APP_CODE = /^\d{6}$/;
/** `code` is a one-time code in what is sent, and the word for an error in what is answered. */
const ERROR_CODE = /^[A-Z_]+$/;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** @param given the logger that a test reads itself; by default the product's own, at its most talkative */
export function createLogScan(given?: Logger): LogScan {
  const written: string[] = [];
  const keep = new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      written.push(line);
      done();
    },
  });
  if (given) overhear(given, (line) => written.push(line));
  const secrets = new Map<string, string>();
  const note = (field: string, value: unknown): void => {
    if (typeof value !== 'string' || ERROR_CODE.test(value)) return;
    if (value.length >= SHORTEST_SECRET || APP_CODE.test(value)) secrets.set(value, field);
  };

  return {
    logger: given ?? createLogger({ logLevel: 'trace' }, keep),

    watch(test) {
      const form = fieldsOfForm(test as Test);
      (test as Test).expect((response: Response) => {
        for (const [field, value] of secretsOf(response, form)) note(field, value);
      });
    },

    written: () => written.join(''),

    leaks() {
      const log = written.join('');
      const leaked = [...secrets].filter(([secret]) => holds(log, secret));
      return written.flatMap((line) =>
        leaked
          .filter(([secret]) => holds(line, secret))
          .map(([, field]) => `${field} in ${line.trim()}`),
      );
    },
  };
}

/** Hears what a logger writes, without taking it from the stream that it goes to. */
function overhear(logger: Logger, hear: (line: string) => void): void {
  const stream = Reflect.get(logger, symbols.streamSym) as { write(line: string): unknown };
  const write = stream.write.bind(stream);
  stream.write = (line) => {
    hear(line);
    return write(line);
  };
}

/** A code of six digits must stand alone: in ids and times there are such by chance. */
function holds(line: string, secret: string): boolean {
  if (!APP_CODE.test(secret)) return line.includes(JSON.stringify(secret).slice(1, -1));
  return new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(line);
}

type Found = [field: string, value: unknown];

/** What superagent knows of a request once it is answered. */
interface SentRequest {
  _data?: unknown;
  header?: Record<string, string>;
}

function secretsOf(response: Response, form: readonly Found[]): Found[] {
  const sent = (response as unknown as { request: SentRequest }).request;
  // A refused password may be no secret at all: the person's own name, which addresses hold.
  const body = response.status === 400 ? [] : [...fieldsOf(sent._data), ...form];
  return [
    ...body,
    ...fieldsOf(response.body),
    ...headerTokens(sent.header ?? {}),
    ...cookieTokens((response.headers['set-cookie'] ?? []) as unknown as string[]),
  ];
}

/** Of JSON, however deep. */
function fieldsOf(value: unknown, name = ''): Found[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => fieldsOf(item, key));
  }
  return SECRET_FIELDS.has(name) ? [[name, value]] : [];
}

/** Kept as they are set: a multipart form that was sent is empty. @returns what is still to be filled */
function fieldsOfForm(test: Test): readonly Found[] {
  const found: Found[] = [];
  const setField = test.field.bind(test) as (name: string, value: string) => Test;
  Reflect.set(test, 'field', (name: string, value: string) => {
    found.push(...fieldsOf(value, name));
    return setField(name, value);
  });
  return found;
}

function headerTokens(headers: Readonly<Record<string, string>>): Found[] {
  const values = Object.entries(headers)
    .filter(([name]) => ['authorization', 'cookie'].includes(name.toLowerCase()))
    .flatMap(([name, text]) => text.split(/[ ;=]+/).map((word): Found => [name, word]));
  return values.filter(([, word]) => JWT.test(String(word)));
}

function cookieTokens(cookies: readonly string[]): Found[] {
  return cookies.map((cookie): Found => ['set-cookie', /=([^;]*)/.exec(cookie)?.[1]]);
}
