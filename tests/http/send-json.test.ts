import type { Response } from 'supertest';
import type { RequestHandler } from 'express';
import { sendJson } from '../../src/utils/send-json';
import { startBareApp } from '../helpers/bare-app';

const SMALL = { word: 'é' };
const LARGE = { word: 'é'.repeat(600) };

/** One answer of an app that sends `body`, to a client that reads gzip. */
async function answerOf(
  body: object,
  headers: Record<string, string> = {},
  before: RequestHandler[] = [],
): Promise<Response> {
  const app = await startBareApp([
    ...before,
    (_request, response) => {
      sendJson(response, 200, body);
    },
  ]);
  const answer = await app
    .api()
    .get('/thing')
    .set({ 'Accept-Encoding': 'gzip', ...headers });
  await app.stop();
  return answer;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

describe('sendJson', () => {
  test('an answer, when it is small, comes as it is, with its length in bytes', async () => {
    const { body, headers } = await answerOf(SMALL);

    expect(body).toEqual(SMALL);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': '13',
      vary: 'Accept-Encoding',
    });
    expect(headers).not.toHaveProperty('content-encoding');
  });

  test.each([
    ['that may be kept', []],
    ['that nobody may keep', [noStore]],
  ])('an answer %s, when it is large, comes compressed', async (_which, before) => {
    const { body, headers } = await answerOf(LARGE, {}, before);

    expect(body).toEqual(LARGE);
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  });

  test('an answer, when it is large and the client reads no compression, comes as it is', async () => {
    const { body, headers } = await answerOf(LARGE, { 'Accept-Encoding': 'identity' });

    expect(body).toEqual(LARGE);
    expect(headers).not.toHaveProperty('content-encoding');
  });

  test('an answer, when the client has it already, is 304 without a body', async () => {
    const { headers } = await answerOf(SMALL);

    const again = await answerOf(SMALL, { 'If-None-Match': String(headers.etag) });

    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers).toMatchObject({ etag: headers.etag, vary: 'Accept-Encoding' });
    expect(again.headers).not.toHaveProperty('content-length');
  });

  test('an answer, when nobody may keep it, has no ETag to ask about', async () => {
    const { body, headers } = await answerOf(SMALL, {}, [noStore]);

    expect(body).toEqual(SMALL);
    expect(headers).not.toHaveProperty('etag');
  });
});
