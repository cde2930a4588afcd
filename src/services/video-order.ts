import type { VideoListQuery } from '../validators/video.validator';
import type { KeysetOrder } from './paging/keyset-order';

type SortKey = NonNullable<VideoListQuery['sortBy']>;

const ORDERS = {
  createdAt: { field: 'createdAt', kind: 'date' },
  views: { field: 'views', kind: 'number' },
  duration: { field: 'duration', kind: 'number' },
  likesCount: { field: 'likesCount', kind: 'number' },
  title: { field: 'keys.title', kind: 'string' },
  relevance: { field: 'relevance', kind: 'number' },
} as const satisfies Record<SortKey, Omit<KeysetOrder, 'direction'>>;

/** The order that a client asks for; a search without a wish is by relevance. */
export function videoOrder({ query, sortBy, sortType }: VideoListQuery): KeysetOrder {
  const isSearch = query !== undefined;
  const wanted = sortBy ?? (isSearch ? 'relevance' : 'createdAt');
  const key = wanted === 'relevance' && !isSearch ? 'createdAt' : wanted;
  return { ...ORDERS[key], direction: sortType };
}
