import type { Test } from 'supertest';
import { dataOf, expectFailure, expectInvalid } from './answers';

/** In a path, where an id belongs. */
export const NO_IDS = [
  '1',
  'x',
  'zzzzzzzzzzzzzzzzzzzzzzzz',
  '64b0f1c2d3e4f5a6b7c8d9e',
  '%5Bobject%5D',
] as const;

const BAD_QUERIES: [query: string, field: string][] = [
  ['page=0', 'page'],
  ['page=-1', 'page'],
  ['page=NaN', 'page'],
  ['page=1.5', 'page'],
  ['page=1e9', 'page'],
  ['page=1&page=2', 'page'],
  ['limit=0', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=NaN', 'limit'],
  ['limit=5&limit=6', 'limit'],
  ['limit[$gt]=1', 'limit[$gt]'],
  [`cursor=${'x'.repeat(2001)}`, 'cursor'],
  ['cursor=a&cursor=b', 'cursor'],
];

/** Cursors that no list ever gave out. */
const FORGED_CURSORS = [
  'x',
  'e30',
  'W10',
  'WyJ4IiwieSJd',
  '%00',
  Buffer.from('[{"$gt":0},"x"]').toString('base64url'),
];

/**
 * The tests that every list has to pass, whatever it holds.
 * @param get asks for the list, with this query
 */
export function describeBadPaging(list: string, get: (query: string) => Test): void {
  describe(`${list}, bad paging`, () => {
    test.each(BAD_QUERIES)('when asked with %s, answers 400 naming it', async (query, field) => {
      expectInvalid(await get(query), [field]);
    });

    test('when the page is a thousand million, answers 400 and points to the cursor', async () => {
      expectFailure(await get('page=999999999'), 400, 'PAGE_TOO_DEEP');
    });

    test.each(FORGED_CURSORS)('when the cursor is %s, answers 400', async (cursor) => {
      expectFailure(await get(`cursor=${cursor}`), 400, 'INVALID_CURSOR');
    });

    test('when more than 100 are asked for, gives 100 at most', async () => {
      const answer = await get('limit=5000');

      dataOf(answer);
      expect((answer.body.pagination ?? answer.body.data).limit).toBe(100);
    });
  });
}
