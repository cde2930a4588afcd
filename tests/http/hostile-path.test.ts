import http from 'node:http';
import type { RouteDescription } from '../../src/docs/describe-routes';
import { addressFor, EVERY_HANDLER, fieldsOf } from '../helpers/every-route';
import { expectEnvelope, hostileTarget } from '../helpers/hostile-calls';

const target = hostileTarget();

interface RawAnswer {
  status: number;
  body: unknown;
}

/** By node:http itself: other clients mend an address before they send it. */
function send(method: string, path: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(target.server.url);
    const options = { port, method, path, headers: target.caller.headers, agent: false };
    const sent = http.request(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => (text += piece));
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as unknown });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** As they stand in the address. */
const HOSTILE_PARTS = [
  '%00',
  '6650f1c2a4b5c6d7e8f9012%00',
  '%ED%A0%80',
  '%FF',
  '%',
  '%zz',
  '%E0%A4%A',
  '..%2F..%2Fetc%2Fpasswd',
  '%2e%2e',
  '__proto__',
  'constructor',
  '[object%20Object]',
  '%7B%22$gt%22:%22%22%7D',
  '$where',
  '%F0%9F%8E%AC',
  '%D7%A9%D7%9C%D7%95%D7%9D',
  'undefined',
  'null',
  '-1',
  '000000000000',
  '0'.repeat(23),
  '0'.repeat(25),
  'g'.repeat(24),
  '%EF%BC%90'.repeat(24),
  'x'.repeat(8000),
  ' '.repeat(3).replaceAll(' ', '%20'),
];

const WITH_PARAMETERS = EVERY_HANDLER.flatMap(([name, route]) =>
  fieldsOf(route, 'params').map((parameter) => [name, parameter, route] as const),
);

function addressWith(route: RouteDescription, parameter: string, part: string): string {
  return addressFor(route, target.caller, { [parameter]: part });
}

describe('every route with something in its path', () => {
  test.each(WITH_PARAMETERS)(
    '%s, when its %s is hostile, answers 400 or 404 in the envelope',
    async (_name, parameter, route) => {
      for (const part of HOSTILE_PARTS) {
        const answer = await send(route.method, addressWith(route, parameter, part));

        expect({ part, status: [400, 404].includes(answer.status) || answer.status }).toEqual({
          part,
          status: true,
        });
        expectEnvelope(answer.body, part);
      }
    },
  );
});

describe('addresses that lead nowhere', () => {
  test.each([
    '/',
    '/api',
    '/api/v1',
    '/api/v1/',
    '/api/v2/videos',
    '/api/v1/nothing',
    '/api/v1//videos',
    '/api/v1/videos/%2e%2e/users/current-user',
    '/__proto__',
    '/constructor',
    '/%00',
    '/%',
    `/${'x'.repeat(8000)}`,
    '/media',
    '/media/..%2f..%2f/a/b',
    '/public/temp',
  ])('GET %s, when called, answers 400 or 404 in the envelope', async (path) => {
    const answer = await send('GET', path);

    expect([400, 404]).toContain(answer.status);
    expectEnvelope(answer.body, path);
  });

  test.each(['TRACE', 'PROPFIND', 'LOCK', 'QUERY', 'M-SEARCH'])(
    '%s, when it is the method, answers 4xx in the envelope',
    async (method) => {
      const answer = await send(method, '/api/v1/videos');

      expect([404, 405]).toContain(answer.status);
      expectEnvelope(answer.body, method);
    },
  );
});
