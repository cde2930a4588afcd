import type { Purpose } from './seed-random';

/** What numbers are drawn for. */
export const DRAW = {
  owner: 1,
  draft: 2,
  fame: 3,
  age: 4,
  rate: 5,
  replied: 6,
  liked: 7,
  first: 8,
  loyalty: 9,
  keenness: 10,
  time: 11,
  text: 12,
  author: 13,
  progress: 14,
  list: 15,
  name: 16,
} as const satisfies Record<string, Purpose>;
