import type { RequestHandler } from 'express';
import { chain, under } from '../../src/middlewares/chain';
import { expectFailure } from '../helpers/answers';
import { startBareApp } from '../helpers/bare-app';

/** What `GET path` answers when these run one after the other, and the last one tells who ran. */
async function ask(handlers: readonly RequestHandler[], path = '/thing') {
  const app = await startBareApp([chain(handlers)]);
  const answer = await app.api().get(path);
  await app.stop();
  return answer;
}

const pass: RequestHandler = (_request, _response, next) => next();
const mark =
  (name: string): RequestHandler =>
  (_request, response, next) => {
    response.append('X-Ran', name);
    next();
  };
const end: RequestHandler = (_request, response) => {
  response.json({});
};

describe('chain', () => {
  test('handlers, when all pass on, run in their order', async () => {
    const { headers } = await ask([mark('first'), mark('second'), end]);

    expect(headers['x-ran']).toBe('first, second');
  });

  test('a handler, when it passes on null as some libraries do, has no error', async () => {
    const { status, headers } = await ask([
      (_request, _response, next) => next(null),
      mark('second'),
      end,
    ]);

    expect([status, headers['x-ran']]).toEqual([200, 'second']);
  });

  test.each<[string, RequestHandler]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['passes an error on', (_request, _response, next) => next(new Error('broken'))],
    [
      'passes an error on later',
      (_request, _response, next) => {
        setImmediate(() => next(new Error('broken')));
      },
    ],
  ])('a handler, when it %s, is the last one, and the error is answered', async (_how, broken) => {
    const answer = await ask([mark('first'), broken, mark('third'), end]);

    expectFailure(answer, 500, 'INTERNAL_ERROR');
    expect(answer.headers['x-ran']).toBe('first');
  });

  test('a handler, when it throws after one before it was asynchronous, is answered too', async () => {
    const answer = await ask([
      (_request, _response, next) => {
        setImmediate(next);
      },
      () => {
        throw new Error('broken');
      },
    ]);

    expectFailure(answer, 500, 'INTERNAL_ERROR');
  });

  test('the last one, when it passes on, leaves to whoever follows', async () => {
    expectFailure(await ask([pass]), 404, 'ROUTE_NOT_FOUND');
  });
});

describe('under', () => {
  // The app has taken `/thing` away by then.
  test.each([
    ['/thing/deep', 'ran'],
    ['/thing/deep/er', 'ran'],
    ['/thing/DEEP?a=1', 'ran'],
    ['/thing/deeper', undefined],
    ['/thing', undefined],
    ['/thing/other/deep', undefined],
  ])('a handler under /deep, when %s is asked for, is %s', async (path, ran) => {
    const { headers } = await ask([under('/deep', mark('ran')), end], path);

    expect(headers['x-ran']).toBe(ran);
  });
});
