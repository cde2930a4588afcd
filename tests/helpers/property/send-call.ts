import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { withExampleValues } from '../../../src/docs/example-values';
import type { OperationExample, RouteName } from '../../../src/docs/operation';
import { OPERATIONS } from '../../../src/docs/operations';
import type { CheckedAnswer, CheckedRequest } from '../response-check';
import type { Choice, HostileCall } from './hostile-call';
import type { Things } from './victim';

const BOUNDARY = 'videotube-property-boundary';
/** No answer takes this long, however busy the machine: one that does never comes. */
const PATIENCE_MILLISECONDS = 60_000;

const fixture = (name: string): Buffer =>
  readFileSync(path.join(__dirname, '..', '..', 'fixtures', name));
const FILE_CONTENTS: Readonly<Record<string, Buffer>> = {
  picture: fixture('picture.png'),
  video: fixture('recorded.webm'),
  nothing: Buffer.alloc(0),
  garbage: Buffer.from('\x89PNG\r\n\x1a\n and then nothing of a picture', 'latin1'),
  markup: fixture('script.svg'),
};

/** What the symbols of a call stand for. */
export interface Cast {
  victim: Things;
  attacker: Things;
  /** Replaces the example of a field, e.g. by a refresh token that lives. */
  examples: Readonly<Record<string, string>>;
}

export interface SentCall {
  request: CheckedRequest;
  answer: CheckedAnswer;
}

/**
 * Sends a call as it stands, through connections that are used again.
 * @throws Error when the connection breaks or no answer comes
 */
export async function sendCall(
  serverUrl: string,
  agent: http.Agent,
  call: HostileCall,
  cast: Cast,
  credentials: Readonly<Record<string, string>>,
): Promise<SentCall> {
  const [method = '', template = ''] = call.route.split(' ');
  const url = `${serverUrl}${addressOf(template, call, cast)}`;
  const request = { method: call.method ?? method, url };
  const { type, content } = bodyOf(call, cast);
  const carriesBody = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  const headers = {
    ...(carriesBody ? { 'Content-Type': type, 'Content-Length': String(content.length) } : {}),
    // Protocols have rules for headers as others have for bodies.
    ...exampleOf(call.route).headers,
    ...safeHeaders(call.headers),
    ...safeHeaders(credentials),
  };
  return {
    request,
    answer: await exchange(request, headers, carriesBody ? content : undefined, agent),
  };
}

function exchange(
  { method, url }: CheckedRequest,
  headers: Record<string, string>,
  content: Buffer | undefined,
  agent: http.Agent,
): Promise<CheckedAnswer> {
  return new Promise((resolve, reject) => {
    // As text, or it would be mended on its way.
    const { hostname, port, origin } = new URL(url);
    const target = { hostname, port, path: url.slice(origin.length), method, headers, agent };
    const request = http.request(target, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = /^application\/json/.test(response.headers['content-type'] ?? '');
        const body: unknown = isJson && text !== '' ? JSON.parse(text) : {};
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body });
      });
    });
    request.setTimeout(PATIENCE_MILLISECONDS, () => {
      request.destroy(new Error(`no answer in ${PATIENCE_MILLISECONDS} ms`));
    });
    request.on('error', reject);
    request.end(content);
  });
}

function addressOf(
  template: string,
  { params, query, tail, route }: HostileCall,
  cast: Cast,
): string {
  const example = exampleOf(route).query ?? {};
  const address = template.replaceAll(/:(\w+)/g, (_name, name: string) =>
    escaped(textOf(valueOf(params[name], name, undefined, cast))),
  );
  const pairs = Object.entries(query)
    .map(([name, choice]) => [name, valueOf(choice, name, example[name], cast)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${escaped(name)}=${escaped(textOf(value))}`);
  return `${address}${tail}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

function bodyOf({ body, route }: HostileCall, cast: Cast): { type: string; content: Buffer } {
  const example = exampleOf(route).body ?? {};
  const fields = Object.entries(body.fields)
    .map(([name, choice]) => [name, valueOf(choice, name, example[name], cast)] as const)
    .filter(([, value]) => value !== undefined);
  switch (body.kind) {
    case 'json':
      return {
        type: 'application/json',
        content: Buffer.from(JSON.stringify(Object.fromEntries(fields))),
      };
    case 'form': {
      const pairs = fields.map(([name, value]) => `${escaped(name)}=${escaped(textOf(value))}`);
      return { type: 'application/x-www-form-urlencoded', content: Buffer.from(pairs.join('&')) };
    }
    case 'multipart':
      return {
        type: `multipart/form-data; boundary=${BOUNDARY}`,
        content: multipart(fields, Object.entries(body.files)),
      };
    case 'text':
      return {
        type: 'application/json',
        content: Buffer.from(fields.map(([, value]) => textOf(value)).join(',')),
      };
  }
}

function multipart(
  fields: readonly (readonly [string, unknown])[],
  files: readonly (readonly [string, string])[],
): Buffer {
  const part = (name: string, more: string): string =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${escaped(name)}"${more}\r\n\r\n`;
  return Buffer.concat([
    ...fields.map(([name, value]) => Buffer.from(`${part(name, '')}${textOf(value)}\r\n`)),
    ...files.flatMap(([name, kind]) => [
      Buffer.from(part(name, `; filename="file"\r\nContent-Type: image/png`)),
      contentOf(name, kind),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

function contentOf(field: string, kind: string): Buffer {
  const name = field === 'videoFile' && kind === 'picture' ? 'video' : kind;
  return FILE_CONTENTS[name] ?? Buffer.alloc(0);
}

const examples = new Map<string, Partial<OperationExample>>();

function exampleOf(route: string): Partial<OperationExample> {
  const known = examples.get(route);
  if (known) return known;
  const example = withExampleValues<Partial<OperationExample>>(
    OPERATIONS[route as RouteName]?.example ?? {},
  );
  examples.set(route, example);
  return example;
}

function valueOf(choice: Choice | undefined, name: string, example: unknown, cast: Cast): unknown {
  if (choice === undefined) return undefined;
  if ('example' in choice) return cast.examples[name] ?? example;
  if ('value' in choice) return choice.value;
  const things = cast[choice.thing];
  const candidates = things[name] ?? things.userId ?? [];
  return candidates[choice.number % candidates.length];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Percent-encoded; of lone surrogates, as any client does it, the replacement character. */
function escaped(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** What can stand in a header at all (RFC 9110 section 5.5): Node sends nothing else. */
function safeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replaceAll(/[^\x20-\x7e\x80-\xff]/g, ''),
    ]),
  );
}
