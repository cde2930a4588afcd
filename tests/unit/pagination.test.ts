import { ApiError } from '../../src/utils/api-error';
import { decodeCursor, encodeCursor, rowsBefore, splitPage } from '../../src/utils/pagination';

const ID = '64b0f1c2d3e4f5a6b7c8d9e0';

function errorOf(action: () => unknown): ApiError {
  try {
    action();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it did not throw');
}

describe('cursors', () => {
  test('decodeCursor, when given what encodeCursor made, answers the same values', () => {
    const values = ['2024-05-06T07:08:09.010Z', ID, 0.1 + 0.2, 'títle "x"'];

    const decoded = decodeCursor(encodeCursor(values), ['date', 'id', 'number', 'string']);

    expect(decoded).toEqual(values);
  });

  test('encodeCursor, when its values hold anything, answers what a URL carries unescaped', () => {
    expect(encodeCursor(['ÿÿÿ???>>>', ID])).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  test.each([
    ['not base64', '%%%'],
    ['not JSON', Buffer.from('{').toString('base64url')],
    ['not a list', Buffer.from('{"$gt":1}').toString('base64url')],
    ['too short', encodeCursor([ID])],
    ['of another order', encodeCursor(['a title', ID])],
    ['an operator in a value', Buffer.from(`[{"$gt":0},"${ID}"]`).toString('base64url')],
    ['a bad id', encodeCursor([5, 'nobody'])],
    ['no number', Buffer.from(`[null,"${ID}"]`).toString('base64url')],
  ])('decodeCursor, when the text is %s, answers 400 INVALID_CURSOR', (_what, text) => {
    const error = errorOf(() => decodeCursor(text, ['number', 'id']));

    expect(error).toMatchObject({ statusCode: 400, code: 'INVALID_CURSOR' });
    expect(error.errors[0]?.field).toBe('cursor');
  });
});

describe('numbered pages', () => {
  test('rowsBefore, when on page 3 of 20 rows, answers 40', () => {
    expect(rowsBefore(3, 20)).toBe(40);
  });

  test('rowsBefore, when 10 000 rows lie before the page, still answers', () => {
    expect(rowsBefore(101, 100)).toBe(10_000);
  });

  test('rowsBefore, when more lie before it, answers 400 and points to the cursor', () => {
    const error = errorOf(() => rowsBefore(102, 100));

    expect(error).toMatchObject({ statusCode: 400, code: 'PAGE_TOO_DEEP' });
    expect(error.message).toContain('cursor');
  });

  test('splitPage, when one row more was read, keeps it back and knows that more follow', () => {
    expect(splitPage(['a', 'b', 'c'], 2)).toEqual({ rows: ['a', 'b'], hasNextPage: true });
    expect(splitPage(['a', 'b'], 2)).toEqual({ rows: ['a', 'b'], hasNextPage: false });
  });
});
