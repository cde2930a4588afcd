import request from 'supertest';
import type { RouteDescription } from '../../src/docs/describe-routes';
import { inputSchema } from '../../src/docs/openapi/request';
import { expectFailure } from '../helpers/answers';
import { addressFor, EVERY_HANDLER, exampleBody, fieldsOf } from '../helpers/every-route';
import { everyThird, expectAnswer, hostileTarget, namedFields } from '../helpers/hostile-calls';

const target = hostileTarget();

const unserialized = (value: unknown) => value as string;

function call(route: RouteDescription) {
  const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const { server, caller } = target;
  return request(server.url)[method](addressFor(route, caller)).set(caller.headers);
}

/** Sends a body as it stands. */
function send(route: RouteDescription, body: string, type = 'application/json') {
  return call(route).set('Content-Type', type).serialize(unserialized).send(body);
}

/** Routes with a body, and what is needed to get past their files. */
const WITH_BODY = EVERY_HANDLER.filter(([, route]) => inputSchema(route, 'body'));
const WITH_JSON = WITH_BODY.filter(([, { notes }]) => notes.files === undefined);
const WITH_FIELDS = WITH_JSON.flatMap(([name, route]) =>
  fieldsOf(route, 'body').map((field) => [name, field, route] as const),
);
const WITH_PLACES = WITH_FIELDS.map((row, place) => [...row, place] as const);

/** JSON texts of values that no text, number or boolean field can take. */
const WRONG_KINDS = ['{}', '{"$gt":""}', '{"$ne":null}', '{"__proto__":{"admin":true}}', '[[]]'];

/** JSON texts of values that some field may take; then it is stored, or refused by its rule. */
const HOSTILE_VALUES = [
  'null',
  '[]',
  '["x"]',
  '1e999',
  '-1',
  '""',
  '" \\t\\n\\u00a0\\u2003 "',
  '"a\\u0000b"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"$where"',
  '"__proto__"',
  '"\\u202e\\u05e9\\u05dc\\u05d5\\u05dd"',
  '"\\u0001\\u001b[31m\\u007f\\u0085"',
  `"${'x'.repeat(60_000)}"`,
  `"${'🎬'.repeat(10_000)}"`,
];

function bodyWith(route: RouteDescription, field: string, json: string): string {
  const others = Object.entries(exampleBody(route)).filter(([name]) => name !== field);
  const pairs = others.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${[...pairs, `${JSON.stringify(field)}:${json}`].join(',')}}`;
}

describe('every route without files', () => {
  test.each(WITH_FIELDS)(
    '%s, when its %s is of the wrong kind, answers 400 naming it',
    async (_name, field, route) => {
      for (const json of WRONG_KINDS) {
        const answer = await send(route, bodyWith(route, field, json));

        expectFailure(answer, 400, 'VALIDATION_FAILED');
        expect({ json, fields: namedFields(answer).map((name) => name.split('.')[0]) }).toEqual({
          json,
          fields: expect.arrayContaining([field]),
        });
      }
    },
  );

  test.each(WITH_PLACES)(
    '%s, when its %s is hostile, answers in the envelope and never with a 5xx',
    async (_name, field, route, place) => {
      await Promise.all(
        everyThird(HOSTILE_VALUES, place).map(async (json) => {
          const body = bodyWith(route, field, json);
          expectAnswer(await send(route, body), body.slice(0, 500));
        }),
      );
    },
  );

  test.each(WITH_JSON)(
    '%s, when it gets fields that it does not know, answers 400 naming each',
    async (_name, route) => {
      for (const field of ['anything', '__proto__', 'constructor', 'prototype', '$where', 'a.b']) {
        const answer = await send(route, bodyWith(route, field, '{"admin":true}'));

        expectFailure(answer, 400, 'VALIDATION_FAILED');
        expect({ field, named: namedFields(answer) }).toEqual({
          field,
          named: expect.arrayContaining([field]),
        });
      }
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    },
  );

  test.each(WITH_JSON)(
    '%s, when a form has fields that it does not know, answers 400 naming each',
    async (_name, route) => {
      for (const field of ['anything', '$where', 'a.b', '🎬']) {
        const form = `${encodeURIComponent(field)}=1`;
        const urlencoded = await send(route, form, 'application/x-www-form-urlencoded');
        const multipart = await call(route).field(field, '1');

        for (const answer of [urlencoded, multipart]) {
          expectFailure(answer, 400, 'VALIDATION_FAILED');
          expect({ field, named: namedFields(answer) }).toEqual({
            field,
            named: expect.arrayContaining([field]),
          });
        }
      }
    },
  );

  test.each(WITH_JSON)(
    '%s, when a form has fields that every object has, pollutes none',
    async (_name, route) => {
      for (const field of [
        '__proto__',
        'constructor',
        '__proto__[admin]',
        'constructor[prototype][admin]',
        'a[$gt]',
      ]) {
        const form = `${encodeURIComponent(field)}=1`;
        expectAnswer(await send(route, form, 'application/x-www-form-urlencoded'), field);
        expectAnswer(await call(route).field(field, '1'), field);
      }
      expect(({} as { admin?: unknown }).admin).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  test.each(WITH_JSON)('%s, when its body is no object, answers 400', async (_name, route) => {
    for (const body of ['[]', '[{}]', '[[[]]]', 'null', '1', '"text"', 'true', '{', '\0']) {
      const answer = await send(route, body);

      expectAnswer(answer, body);
      expect({ body, status: answer.status }).toEqual({ body, status: 400 });
    }
  });
});

describe('every route with files', () => {
  test.each(WITH_BODY.filter(([, { notes }]) => notes.files !== undefined))(
    '%s, when its text fields are hostile, answers in the envelope and never with a 5xx',
    async (_name, route) => {
      for (const field of [...fieldsOf(route, 'body'), 'anything', '__proto__', 'a[b]']) {
        for (const text of ['a\0b', '\u202e', '{"$gt":""}', '[', '[{"$gt":""}]', ' ']) {
          expectAnswer(await call(route).field(field, text), `${field}=${text}`);
        }
        expectAnswer(await send(route, bodyWith(route, field, '{"$gt":""}')), field);
      }
    },
  );
});

describe('every route under /api', () => {
  const UNDER_API = EVERY_HANDLER.filter(([, { path }]) => path.startsWith('/api/'));

  test.each(UNDER_API)('%s, when its body is too large, answers 413', async (_name, route) => {
    const text = 'x'.repeat(70_000);
    const json = await send(route, JSON.stringify({ content: text }));
    const form = await send(route, `content=${text}`, 'application/x-www-form-urlencoded');

    expectFailure(json, 413, 'PAYLOAD_TOO_LARGE');
    expectFailure(form, 413, 'PAYLOAD_TOO_LARGE');
  });

  test.each(UNDER_API)(
    '%s, when its body is of no known type, answers 415',
    async (_name, route) => {
      for (const type of [
        'text/plain',
        'application/xml',
        'application/octet-stream',
        'nonsense',
      ]) {
        expectFailure(await send(route, '{}', type), 415, 'UNSUPPORTED_MEDIA_TYPE');
      }
    },
  );

  test.each(UNDER_API)(
    '%s, when its JSON is nested deeply, answers in the envelope',
    async (_name, route) => {
      const depth = 15_000;
      const body = `{"content":${'['.repeat(depth)}${']'.repeat(depth)}}`;

      expectAnswer(await send(route, body), 'deep');
    },
  );

  test.each(UNDER_API)('%s, when its JSON is cut off, answers 400', async (_name, route) => {
    expectFailure(await send(route, '{"content":"a'), 400, 'MALFORMED_BODY');
  });
});
