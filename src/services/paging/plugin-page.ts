import type { AggregatePaginateModel, PipelineStage } from 'mongoose';
import { MAX_PAGED_ROWS } from '../../constants';
import { aggregateRows, type AggregatedModel } from '../../db/driver-collection';
import { rowsBefore, splitPage, type PluginPage } from '../../utils/pagination';
import type { ArrayList, PageQuery } from './array-page';
import {
  afterPosition,
  decodePosition,
  encodePosition,
  sortOf,
  type Filter,
  type KeysetOrder,
  type OrderedRow,
} from './keyset-order';

type PaginatedModel = AggregatedModel &
  Pick<AggregatePaginateModel<never>, 'aggregate' | 'aggregatePaginate'>;

/** A list in the shape of mongoose-aggregate-paginate-v2. */
export interface PluginList extends ArrayList {
  /** How many rows it has, where that is stored; otherwise they are counted, up to a bound. */
  storedTotal?: () => Promise<number>;
  /** Its stages read all rows whatever the page is, so that counting them takes no second read. */
  countsAsItReads?: boolean;
  /**
   * Filter and order as stages, where a plain `$match` and `$sort` do not do.
   * @param reach how many rows of them are read at most
   */
  orderedStages?: (
    filter: Filter,
    order: KeysetOrder,
    after: Filter | undefined,
    reach: number,
  ) => PipelineStage[];
}

/**
 * One page of a list, by number or by cursor, with its total. Joins come after paging.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function pageOfPlugin<Row>(
  model: PaginatedModel,
  list: PluginList,
  query: PageQuery,
): Promise<PluginPage<Row>> {
  return query.cursor === undefined
    ? numberedPage<Row>(model, list, query)
    : pageAfter<Row>(model, list, query.cursor, query.limit);
}

async function numberedPage<Row>(
  model: PaginatedModel,
  list: PluginList,
  { page, limit }: PageQuery,
): Promise<PluginPage<Row>> {
  const place = { page, limit, rowsShown: rowsBefore(page, limit) };
  if (list.countsAsItReads) return rankedPage<Row>(model, list, place);
  if (!list.storedTotal) return countedPage<Row>(model, list, place);
  const [found, total] = await Promise.all([
    aggregateRows<Row & OrderedRow>(model, [
      ...stagesOf(list, place.rowsShown + limit + 1),
      { $skip: place.rowsShown },
      { $limit: limit + 1 },
      ...shownStages(list),
    ]),
    list.storedTotal(),
  ]);
  return describePage({ ...place, ...splitPage(found, limit), order: list.order, total });
}

/** A page of a list that is read as a whole and sorted: its rows and their number in one pass. */
async function rankedPage<Row>(
  model: PaginatedModel,
  list: PluginList,
  place: PagePlace,
): Promise<PluginPage<Row>> {
  const { limit, rowsShown } = place;
  const page = [{ $skip: rowsShown }, { $limit: limit + 1 }, ...shownStages(list)];
  const [answer] = await aggregateRows<{
    rows: (Row & OrderedRow)[];
    counted: { total: number }[];
  }>(model, [
    ...stagesOf(list, rowsShown + limit + 1),
    {
      $facet: { rows: page as PipelineStage.FacetPipelineStage[], counted: [{ $count: 'total' }] },
    },
  ]);
  const total = answer?.counted[0]?.total ?? 0;
  const found = splitPage(answer?.rows ?? [], limit);
  return describePage({ ...place, ...found, order: list.order, total });
}

/**
 * A page of a list whose size nothing stores, through the plugin. It counts no further than numbered
 * pages reach, so that the cost of a page has a bound whatever a search finds.
 */
async function countedPage<Row>(
  model: PaginatedModel,
  list: PluginList,
  { page, limit, rowsShown }: PagePlace,
): Promise<PluginPage<Row>> {
  const countedRows = Math.max(MAX_PAGED_ROWS, rowsShown + limit + 1);
  const { docs, totalDocs, hasNextPage } = await model.aggregatePaginate<Row & OrderedRow>(
    [...stagesOf(list, rowsShown + limit + 1), '__PREPAGINATE__', ...shownStages(list)],
    {
      page,
      limit,
      useFacet: false,
      countQuery: model.aggregate([{ $match: list.filter }, { $limit: countedRows }]),
    },
  );
  const { order } = list;
  return describePage({ page, limit, rowsShown, rows: docs, hasNextPage, order, total: totalDocs });
}

/** A page by cursor: reads its own rows and one more, however deep it is. */
async function pageAfter<Row>(
  model: PaginatedModel,
  list: PluginList,
  cursor: string,
  limit: number,
): Promise<PluginPage<Row>> {
  const { position, extra } = decodePosition(cursor, list.order, 2);
  const [rowsShown = 0, total = 0] = extra;
  const found = await aggregateRows<Row & OrderedRow>(model, [
    ...stagesOf(list, limit + 1, afterPosition(list.order, position)),
    { $limit: limit + 1 },
    ...shownStages(list),
  ]);
  const page = Math.floor(rowsShown / limit) + 1;
  const { order } = list;
  return describePage({ page, limit, rowsShown, ...splitPage(found, limit), order, total });
}

function stagesOf(list: PluginList, reach: number, after?: Filter): PipelineStage[] {
  if (list.orderedStages) return list.orderedStages(list.filter, list.order, after, reach);
  return [{ $match: { ...list.filter, ...after } }, { $sort: sortOf(list.order) }];
}

function shownStages({ order, joins = [] }: PluginList): PipelineStage[] {
  return [{ $set: { sortValue: `$${order.field}` } }, ...joins];
}

interface PagePlace {
  page: number;
  limit: number;
  rowsShown: number;
}

/** The page as the contract shows it, with the cursor that leads on. */
function describePage<Row extends OrderedRow>({
  page,
  limit,
  rowsShown,
  rows,
  hasNextPage,
  order,
  total,
}: PagePlace & {
  rows: Row[];
  hasNextPage: boolean;
  order: KeysetOrder;
  total: number;
}): PluginPage<Row> {
  const shown = rowsShown + rows.length;
  const totalDocs = totalInSight(total, { rowsShown, shown, hasNextPage });
  const last = rows.at(-1);
  return {
    docs: rows,
    totalDocs,
    limit,
    page,
    totalPages: Math.max(1, Math.ceil(totalDocs / limit)),
    pagingCounter: rowsShown + 1,
    hasPrevPage: rowsShown > 0,
    hasNextPage,
    prevPage: page > 1 ? page - 1 : null,
    nextPage: hasNextPage ? page + 1 : null,
    // The total is carried along: counting again for every page would cost more than the page.
    nextCursor: hasNextPage && last ? encodePosition(order, last, shown, totalDocs) : null,
  };
}

/** A total never contradicts the page: rows are facts, and on the last page so is their number. */
function totalInSight(
  total: number,
  { rowsShown, shown, hasNextPage }: { rowsShown: number; shown: number; hasNextPage: boolean },
): number {
  if (hasNextPage) return Math.max(total, shown + 1);
  return shown > rowsShown ? shown : Math.max(0, Math.min(total, rowsShown));
}
