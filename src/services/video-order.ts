import { Types } from 'mongoose';
import type { VideoWithOwner } from '../models/video.pipeline';
import { decodeCursor, encodeCursor, type CursorValue } from '../utils/pagination';
import type { VideoListQuery } from '../validators/video.validator';

type SortKey = NonNullable<VideoListQuery['sortBy']>;
/** A row of a list; `sortValue` is what its order compares before the id. */
export type ListedVideo = VideoWithOwner & { sortValue: Date | string | number };

const ORDERS = {
  createdAt: { field: 'createdAt', kind: 'date' },
  views: { field: 'views', kind: 'number' },
  duration: { field: 'duration', kind: 'number' },
  likesCount: { field: 'likesCount', kind: 'number' },
  title: { field: 'keys.title', kind: 'string' },
  relevance: { field: 'relevance', kind: 'number' },
} as const satisfies Record<SortKey, { field: string; kind: 'date' | 'number' | 'string' }>;

/** An order of the list: by one field, then by id, both in one direction, so that it is total. */
export interface VideoOrder {
  field: string;
  kind: 'date' | 'number' | 'string';
  direction: 1 | -1;
}

/** Where a page starts, and what the pages before it have told already. */
export interface VideoPosition {
  value: Date | string | number;
  id: Types.ObjectId;
  rowsShown: number;
  totalDocs: number;
}

/** The order that a client asks for; a search without a wish is by relevance. */
export function videoOrder({ query, sortBy, sortType }: VideoListQuery): VideoOrder {
  const isSearch = query !== undefined;
  const wanted = sortBy ?? (isSearch ? 'relevance' : 'createdAt');
  const key = wanted === 'relevance' && !isSearch ? 'createdAt' : wanted;
  return { ...ORDERS[key], direction: sortType };
}

/** Matches what comes after the position; each branch is one range of the order's index. */
export function afterPosition(order: VideoOrder, position: VideoPosition) {
  const beyond = order.direction === 1 ? '$gt' : '$lt';
  return {
    $or: [
      { [order.field]: { [beyond]: position.value } },
      { [order.field]: position.value, _id: { [beyond]: position.id } },
    ],
  };
}

/** The total is carried along: counting again for every page would cost more than the page. */
export function encodePosition(row: ListedVideo, rowsShown: number, totalDocs: number): string {
  const { sortValue } = row;
  const value: CursorValue = sortValue instanceof Date ? sortValue.toISOString() : sortValue;
  return encodeCursor([value, row._id.toString(), rowsShown, totalDocs]);
}

/** @throws ApiError 400 INVALID_CURSOR when the cursor is not one of this order */
export function decodePosition(cursor: string, order: VideoOrder): VideoPosition {
  const kinds = [order.kind, 'id', 'number', 'number'] as const;
  const [value, id, rowsShown, totalDocs] = decodeCursor(cursor, kinds) as [
    string | number,
    string,
    number,
    number,
  ];
  return {
    value: order.kind === 'date' ? new Date(value) : value,
    id: new Types.ObjectId(id),
    rowsShown,
    totalDocs,
  };
}
