import { Types } from 'mongoose';
import {
  decodeCursor,
  encodeCursor,
  invalidCursor,
  type CursorValue,
} from '../../utils/pagination';

export type Filter = Record<string, unknown>;
export type SortValue = Date | string | number;

/** An order of a list: by one field, then by id, both in one direction, so that it is total. */
export interface KeysetOrder {
  field: string;
  kind: 'date' | 'number' | 'string';
  direction: 1 | -1;
}

/** A row of a list; `sortValue` is what its order compares before the id. */
export interface OrderedRow {
  _id: Types.ObjectId;
  sortValue: SortValue;
}

/** The last row that a client has seen. */
export interface KeysetPosition {
  value: SortValue;
  id: Types.ObjectId;
}

/** How almost every list is ordered. */
export const NEWEST_FIRST: KeysetOrder = { field: 'createdAt', kind: 'date', direction: -1 };

/** The order as a `$sort`. */
export function sortOf({ field, direction }: KeysetOrder): Record<string, 1 | -1> {
  return { [field]: direction, _id: direction };
}

/** Matches what comes after the position; each branch is one range of the order's index. */
export function afterPosition(order: KeysetOrder, position: KeysetPosition) {
  const beyond = order.direction === 1 ? '$gt' : '$lt';
  return {
    $or: [
      { [order.field]: { [beyond]: position.value } },
      { [order.field]: position.value, _id: { [beyond]: position.id } },
    ],
  };
}

/**
 * A cursor for the rows behind this one; it names its order, so that no other takes it.
 * @param extra whole numbers that the next page needs to know, such as a total
 */
export function encodePosition(
  order: KeysetOrder,
  row: OrderedRow,
  ...extra: readonly number[]
): string {
  const { sortValue } = row;
  const value: CursorValue = sortValue instanceof Date ? sortValue.toISOString() : sortValue;
  return encodeCursor([nameOf(order), value, row._id.toString(), ...extra]);
}

/**
 * @param extras how many numbers stand behind the position
 * @throws ApiError 400 INVALID_CURSOR when the cursor is not one of this order
 */
export function decodePosition(
  cursor: string,
  order: KeysetOrder,
  extras = 0,
): { position: KeysetPosition; extra: number[] } {
  const counts = Array.from({ length: extras }, () => 'count' as const);
  const [name, value, id, ...extra] = decodeCursor(cursor, [
    'string',
    order.kind,
    'id',
    ...counts,
  ]) as [string, string | number, string, ...number[]];
  if (name !== nameOf(order)) throw invalidCursor();
  const position = {
    value: order.kind === 'date' ? new Date(value) : value,
    id: new Types.ObjectId(id),
  };
  return { position, extra };
}

function nameOf({ field, direction }: KeysetOrder): string {
  return `${field} ${direction}`;
}
