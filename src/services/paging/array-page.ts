import type { PipelineStage } from 'mongoose';
import { aggregateRows, type AggregatedModel } from '../../db/driver-collection';
import { rowsBefore, splitPage, type ListPagination } from '../../utils/pagination';
import {
  afterPosition,
  decodePosition,
  encodePosition,
  sortOf,
  type Filter,
  type KeysetOrder,
  type OrderedRow,
} from './keyset-order';

/** What a client says about the page that it wants. */
export interface PageQuery {
  page: number;
  limit: number;
  cursor?: string | undefined;
}

/** A list whose `data` is a bare array. */
export interface ArrayList {
  /** Stages that bring the rows together, where they are not simply a collection's. */
  source?: PipelineStage[];
  /** Bounds the list to what this viewer may see; with the order, one index serves both. */
  filter: Filter;
  order: KeysetOrder;
  /** Joins and shaping, run on the rows of one page. */
  joins?: PipelineStage[];
}

export interface ArrayPage<Row> {
  rows: Row[];
  pagination: ListPagination;
}

/**
 * One page of a list, by number or by cursor. Reads its own rows and one more; joins come after.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function pageOfArray<Row>(
  model: AggregatedModel,
  list: ArrayList,
  query: PageQuery,
): Promise<ArrayPage<Row>> {
  const found = await aggregateRows<Row & OrderedRow>(model, arrayPageStages(list, query));
  const { rows, hasNextPage } = splitPage(found, query.limit);
  const last = rows.at(-1);
  const nextCursor = hasNextPage && last ? encodePosition(list.order, last) : null;
  return { rows, pagination: { limit: query.limit, hasNextPage, nextCursor } };
}

/** The page as a pipeline, also for tests that ask the database what it costs. */
export function arrayPageStages(
  { source = [], filter, order, joins = [] }: ArrayList,
  { page, limit, cursor }: PageQuery,
): PipelineStage[] {
  const start =
    cursor === undefined
      ? { after: {}, skip: rowsBefore(page, limit) }
      : { after: afterPosition(order, decodePosition(cursor, order).position), skip: 0 };
  return [
    ...source,
    { $match: { ...filter, ...start.after } },
    { $sort: sortOf(order) },
    ...(start.skip > 0 ? [{ $skip: start.skip }] : []),
    { $limit: limit + 1 },
    { $set: { sortValue: `$${order.field}` } },
    ...joins,
  ];
}
