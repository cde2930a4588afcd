import { MAX_PAGED_ROWS } from '../constants';
import { ApiError } from './api-error';

/** What stands beside `data` when a list is a bare array. */
export interface ListPagination {
  limit: number;
  hasNextPage: boolean;
  /** Opaque; give it back as `?cursor=`. Null on the last page. */
  nextCursor: string | null;
  totalDocs?: number;
}

/** The page shape of mongoose-aggregate-paginate-v2, plus the cursor of the next page. */
export interface PluginPage<Item> {
  docs: Item[];
  totalDocs: number;
  limit: number;
  page: number;
  totalPages: number;
  pagingCounter: number;
  hasPrevPage: boolean;
  hasNextPage: boolean;
  prevPage: number | null;
  nextPage: number | null;
  nextCursor: string | null;
}

/** A cursor holds the sort values of the last row shown; its last entry is the row's id. */
export type CursorValue = string | number;
export type Cursor = readonly CursorValue[];
export type CursorKind = 'number' | 'string' | 'date' | 'id' | 'count';

/** Encodes a cursor as an opaque URL-safe string. */
export function encodeCursor(values: Cursor): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * Decodes `?cursor=`, checking that it was made for this order.
 * @param kinds the type of each value, in order; `id` is a 24-hex string, `date` an ISO time, `count`
 * a whole number from 0
 * @throws ApiError 400 INVALID_CURSOR for anything that encodeCursor did not make
 */
export function decodeCursor(text: string, kinds: readonly CursorKind[]): Cursor {
  const values = parseCursor(text);
  const fits =
    Array.isArray(values) &&
    values.length === kinds.length &&
    kinds.every((kind, index) => isOfKind(values[index], kind));
  if (!fits) throw invalidCursor();
  return values as CursorValue[];
}

/** 400 for a cursor that this list, in this order, did not give out. */
export function invalidCursor(): ApiError {
  return ApiError.badRequest('cursor is not one that this list gave out', {
    code: 'INVALID_CURSOR',
    errors: [{ field: 'cursor', message: 'cursor is not valid', code: 'INVALID' }],
  });
}

function parseCursor(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isOfKind(value: unknown, kind: CursorKind): boolean {
  switch (kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'count':
      return Number.isSafeInteger(value) && Number(value) >= 0;
    case 'string':
      return typeof value === 'string';
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'id':
      return typeof value === 'string' && /^[0-9a-f]{24}$/.test(value);
  }
}

/**
 * How many rows to skip for a page.
 * @throws ApiError 400 PAGE_TOO_DEEP beyond MAX_PAGED_ROWS: there the cursor is the way
 */
export function rowsBefore(page: number, limit: number): number {
  const skip = (page - 1) * limit;
  if (skip > MAX_PAGED_ROWS) {
    throw ApiError.badRequest(
      `page reaches beyond the first ${MAX_PAGED_ROWS} rows; use cursor instead`,
      {
        code: 'PAGE_TOO_DEEP',
        errors: [{ field: 'page', message: 'page is too deep; use cursor', code: 'TOO_BIG' }],
      },
    );
  }
  return skip;
}

/** Splits `limit + 1` rows into the page and whether more follow. */
export function splitPage<Row>(
  rows: readonly Row[],
  limit: number,
): { rows: Row[]; hasNextPage: boolean } {
  return { rows: rows.slice(0, limit), hasNextPage: rows.length > limit };
}
