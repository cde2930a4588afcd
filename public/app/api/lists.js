import { call } from './client.js';

/**
 * A list of the API, page by page, whichever of the two shapes it has.
 * @param {string} path
 * @param {Record<string, unknown>} [query]
 * @returns {(cursor?: string, signal?: AbortSignal) => Promise<{ items: object[], nextCursor: string | null, total?: number }>}
 */
export function listOf(path, query = {}) {
  return async (cursor, signal) => {
    const { data, pagination } = await call('GET', path, { query: { ...query, cursor }, signal });
    if (Array.isArray(data)) {
      const { nextCursor, totalDocs } = pagination;
      return { items: data, nextCursor, total: totalDocs };
    }
    return { items: data.docs, nextCursor: data.nextCursor, total: data.totalDocs };
  };
}

/** All of a list that is known to be short. */
export async function wholeList(path, query = {}, signal) {
  const readPage = listOf(path, { limit: 100, ...query });
  const all = [];
  let cursor;
  do {
    const { items, nextCursor } = await readPage(cursor, signal);
    all.push(...items);
    cursor = nextCursor;
  } while (cursor);
  return all;
}
