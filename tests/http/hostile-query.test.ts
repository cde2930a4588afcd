import request from 'supertest';
import type { RouteDescription } from '../../src/docs/describe-routes';
import { expectFailure } from '../helpers/answers';
import { addressFor, EVERY_HANDLER, fieldsOf } from '../helpers/every-route';
import { everyThird, expectAnswer, hostileTarget, namedFields } from '../helpers/hostile-calls';

const target = hostileTarget();

/** Sends a call as it stands: no library shall mend the address. */
function send(route: RouteDescription, query: string) {
  const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const address = `${addressFor(route, target.caller)}?${query}`;
  return request(target.server.url)[method](address).set(target.caller.headers).redirects(0);
}

const NO_WHOLE_NUMBERS = [
  '0',
  '-1',
  '1e9',
  '1000000000',
  'NaN',
  'Infinity',
  '1.5',
  '0x10',
  '%00',
  '%EF%BC%91',
  'true',
  'null',
  '%7B%22%24gt%22%3A0%7D',
];

const HOSTILE_TEXTS = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%FF%FE',
  '%',
  '%E0%A4%A',
  '%7B%22%24gt%22%3A%22%22%7D',
  '%24where',
  '__proto__',
  'constructor',
  '(a%2B)%2B%24',
  '%5B%5B%5B',
  '.*%5C',
  '%22',
  '-%22%22',
  '%F0%9F%8E%AC',
  '%D7%A9%D7%9C%D7%95%D7%9D',
  '..%2F..%2Fetc%2Fpasswd',
  'x'.repeat(8000),
  '%F0%9F%8E%AC'.repeat(600),
];

describe.each(EVERY_HANDLER)('%s', (_name, route) => {
  const paging = ['page', 'limit'].filter((field) => fieldsOf(route, 'query').includes(field));

  if (paging.length > 0) {
    test.each(paging)(
      'its %s, when no whole number from 1, answers 400 naming it',
      async (field) => {
        for (const value of NO_WHOLE_NUMBERS) {
          const answer = await send(route, `${field}=${value}`);

          expectFailure(answer, 400, 'VALIDATION_FAILED');
          expect({ value, fields: namedFields(answer) }).toEqual({ value, fields: [field] });
        }
      },
    );

    test('its page, when deeper than pages go, answers 400 and points to the cursor', async () => {
      const answer = await send(route, `page=999999999`);

      expectFailure(answer, 400, 'PAGE_TOO_DEEP');
    });

    test('its limit, when it asks for too much or for nothing, answers as many as allowed', async () => {
      for (const [value, limit] of [
        ['999999999', 100],
        ['', 20],
        ['%20', 20],
      ]) {
        const answer = await send(route, `limit=${value}`);

        expect(answer.status).toBe(200);
        expect(answer.body.pagination?.limit ?? answer.body.data.limit).toBe(limit);
      }
    });

    test('its cursor, when no list gave it out, answers 400', async () => {
      const forged = [
        [],
        null,
        { $gt: '' },
        [{ $gt: '' }, { $gt: '' }],
        ['x', 'x'],
        [1, '0'.repeat(24), -1, -1],
        ['2024-01-01T00:00:00.000Z', '0'.repeat(24), -1, 5],
        ['2024-01-01T00:00:00.000Z', '0'.repeat(24), 1.5, 5],
        ['2024-01-01T00:00:00.000Z', '0'.repeat(24), 1e300, 5],
        ['2024-01-01T00:00:00.000Z', 'g'.repeat(24)],
        ['2024-01-01T00:00:00.000Z', '0'.repeat(24), 1, 1, 1, 1, 1],
      ].map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
      for (const cursor of ['x', '%00', '%F0%9F%8E%AC', 'e30', ...forged]) {
        const answer = await send(route, `cursor=${cursor}`);

        expect({ cursor, status: answer.status }).toEqual({ cursor, status: 400 });
        expectFailure(answer, 400, 'INVALID_CURSOR');
      }
    });
  }

  // A route that reads no query takes any; one text stands for all.
  const hostile = fieldsOf(route, 'query').flatMap((field, place) =>
    everyThird(HOSTILE_TEXTS, place + route.path.length).map((text) => `${field}=${text}`),
  );
  test('its texts, when they are hostile, answer in the envelope and never with a 5xx', async () => {
    for (const query of [...hostile, `anything=${'%ED%A0%80%00'.repeat(1000)}`]) {
      expectAnswer(await send(route, query), query);
    }
  });
});

describe('every route', () => {
  test.each(EVERY_HANDLER)(
    '%s, when query keys are repeated, nested or operators, answers 400 naming the key',
    async (_name, route) => {
      const [field = 'anything'] = fieldsOf(route, 'query');
      for (const [query, key] of [
        [`${field}=1&${field}=2`, field],
        [`${field}[]=1`, `${field}[]`],
        [`${field}%5B%24ne%5D=1`, `${field}[$ne]`],
        ['$where=1', '$where'],
        ['__proto__[admin]=1', '__proto__[admin]'],
      ] as const) {
        const answer = await send(route, query);

        expectFailure(answer, 400, 'VALIDATION_FAILED');
        expect({ query, fields: namedFields(answer) }).toEqual({ query, fields: [key] });
      }
    },
  );

  test.each(EVERY_HANDLER)(
    '%s, when query keys are those of every object, answers without polluting any',
    async (_name, route) => {
      const query = '__proto__=x&constructor=x&prototype=x&toString=x&hasOwnProperty=x&then=x';

      const answer = await send(route, query);

      expectAnswer(answer, query);
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );
});
