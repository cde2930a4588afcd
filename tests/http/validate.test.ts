import { z } from 'zod';
import { formFields } from '../../src/middlewares/body.middleware';
import { inputOf, validate } from '../../src/middlewares/validate.middleware';
import { formBoolean, formNumber, pagingQuery } from '../../src/validators/common.validator';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { startBareApp, type BareApp } from '../helpers/bare-app';
import { sendResponse } from '../../src/utils/api-response';

const schema = z.object({
  query: z.object(pagingQuery),
  body: z.strictObject({
    name: z.string().trim().min(1).max(5),
    size: formNumber.optional(),
    open: formBoolean.optional(),
  }),
});

let app: BareApp;
beforeAll(async () => {
  app = await startBareApp([
    formFields(),
    validate(schema),
    (request, response) => sendResponse(response, 200, inputOf(schema, request), 'fine'),
  ]);
});
afterAll(() => app.stop());

const post = (path = '/thing') => app.api().post(path);

describe('validate, accepted input', () => {
  test('validate, when a JSON body fits, hands on the checked and trimmed input', async () => {
    const answer = await post('/thing?page=2&limit=500&unknown=x').send({
      name: ' abc ',
      size: 1.5,
    });

    expect(dataOf(answer)).toEqual({
      query: { page: 2, limit: 100 },
      body: { name: 'abc', size: 1.5 },
    });
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data'])(
    'validate, when the same fields come as %s, answers the same',
    async (type) => {
      const fields = { name: 'abc', size: '1.5', open: 'false' };
      const request = post();
      const answer = await (type.startsWith('multipart')
        ? request.field(fields)
        : request.type('form').send(fields));

      expect(dataOf(answer).body).toEqual({ name: 'abc', size: 1.5, open: false });
    },
  );

  test('validate, when a query parameter is empty, takes it as absent', async () => {
    const answer = await post('/thing?page=&limit=%20').send({ name: 'abc' });

    expect(dataOf(answer).query).toEqual({ page: 1, limit: 20 });
  });
});

describe('validate, refused input', () => {
  test.each<[string, unknown, string, string, string]>([
    ['a field is missing', {}, 'name', 'REQUIRED', 'name is required'],
    ['a field is null', { name: null }, 'name', 'INVALID_TYPE', 'name must be a string'],
    ['a text is empty', { name: '  ' }, 'name', 'TOO_SMALL', 'name must not be empty'],
    [
      'a text is too long',
      { name: 'abcdef' },
      'name',
      'TOO_BIG',
      'name must be at most 5 characters long',
    ],
    [
      'an operator object is sent',
      { name: { $ne: null } },
      'name',
      'INVALID_TYPE',
      'name must be a string',
    ],
    ['a list is sent', { name: ['a'] }, 'name', 'INVALID_TYPE', 'name must be a string'],
    [
      'a field is unknown',
      { name: 'a', role: 'admin' },
      'role',
      'UNKNOWN_FIELD',
      'role is not a known field',
    ],
    ['a number is not one', { name: 'a', size: 'big' }, 'size', 'INVALID', 'size must be a number'],
    [
      'a boolean is not one',
      { name: 'a', open: 'constructor' },
      'open',
      'INVALID',
      'open must be true or false',
    ],
    ['the body is a list', [], 'body', 'INVALID_TYPE', 'body must be an object'],
  ])('validate, when %s, answers 400 naming it', async (_what, body, field, code, message) => {
    const answer = await post().send(body as object);

    expectFailure(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toEqual([{ field, message, code }]);
    expect(answer.body.message).toBe(message);
  });

  test('validate, when JSON names __proto__, answers 400 and pollutes nothing', async () => {
    const answer = await post().type('json').send('{"name":"a","__proto__":{"polluted":true}}');

    expectInvalid(answer, ['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('validate, when a form sends an operator, answers 400', async () => {
    const answer = await post().type('form').send('name[$ne]=x');

    expectInvalid(answer, ['name', 'name[$ne]']);
  });

  test('validate, when several things are wrong, names them all', async () => {
    const answer = await post('/thing?page=0&limit=abc').send({ size: {} });

    expectInvalid(answer, ['page', 'limit', 'name', 'size']);
  });

  test.each([
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=1.5', 'page'],
    ['page=1e3', 'page'],
    ['limit=0', 'limit'],
    ['limit=99999999999', 'limit'],
    ['limit=NaN', 'limit'],
  ])('validate, when the query is ?%s, answers 400 naming it', async (query, field) => {
    expectInvalid(await post(`/thing?${query}`).send({ name: 'a' }), [field]);
  });
});

describe('inputOf', () => {
  test('inputOf, when the route has no validate, answers 500 and not the raw input', async () => {
    const careless = await startBareApp([
      (request, response) => sendResponse(response, 200, inputOf(schema, request), 'fine'),
    ]);

    const answer = await careless.api().post('/thing').send({ name: 'a' });
    await careless.stop();

    expectFailure(answer, 500, 'INTERNAL_ERROR');
  });
});
