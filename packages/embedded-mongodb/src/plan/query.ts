import { MongoServerError } from '../errors';
import type { MatchExpression } from '../match/compile';
import type { CompiledProjection } from '../project/compile';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { Collation } from '../values/collation';
import { isNumeric, toDouble } from '../values/numbers';
import { describeValue } from './value-text';

/** One component of a sort: a field with a direction, the relevance of a text search, or storage order. */
export type SortField =
  | { readonly kind: 'natural'; readonly direction: 1 | -1 }
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly direction: 1 | -1;
      /** How text sorts; by bytes, which is also the order of indexes, when absent. */
      readonly collation?: Collation;
    }
  | { readonly kind: 'textScore' };

export type SortPattern = readonly SortField[];

/** What to read from one collection. Everything but `match` says how, not which. */
export interface FindQuery {
  /** Absent means every document. */
  readonly match?: MatchExpression;
  /** The filter that `match` was compiled from; only explain shows it. */
  readonly filter?: BsonDocument;
  readonly sort?: SortPattern;
  readonly skip?: number;
  /** Absent or 0 means no limit. */
  readonly limit?: number;
  /** An index name, a key pattern, or `{ $natural: 1 | -1 }`. */
  readonly hint?: string | BsonDocument;
  readonly projection?: CompiledProjection;
  /** The top-level fields that the reader needs when there is no projection; absent: all. */
  readonly fields?: readonly string[];
  /** Goes on after the last record of a capped collection when there are more. */
  readonly tailable?: boolean;
  /** The reader deletes or changes what it finds, so that its place in the collection may go. */
  readonly forWrite?: boolean;
}

const META_SORTS = new Set(['textScore']);

/**
 * Parses `{ field: 1 | -1 | { $meta: 'textScore' } }`.
 * Throws the codes of the server's SortPattern: 15974, 15975, 16410, 31138, 40353.
 */
export function parseSortPattern(specification: BsonDocument, collation?: Collation): SortPattern {
  if (specification.size > 1 && specification.has('$natural')) {
    throw new MongoServerError('BadValue', 'Cannot have $natural with other sort fields');
  }
  return [...specification].map(([path, value]) => {
    const field = parseSortField(path, value);
    return collation && field.kind === 'path' ? { ...field, collation } : field;
  });
}

function parseSortField(path: string, value: Value): SortField {
  if (value instanceof Map) return parseMetaSort(value);
  if (!isNumeric(value)) {
    throw new MongoServerError(15974, `Illegal key in $sort specification: ${path}`);
  }
  const direction = Math.trunc(toDouble(value));
  if (direction !== 1 && direction !== -1) {
    throw new MongoServerError(
      15975,
      '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
    );
  }
  if (path === '$natural') return { kind: 'natural', direction };
  assertSortPath(path);
  return { kind: 'path', path, direction };
}

function parseMetaSort(value: BsonDocument): SortField {
  const meta: MaybeValue = value.get('$meta');
  if (value.size !== 1 || meta === undefined) {
    throw new MongoServerError(17312, '$meta is the only expression supported by $sort right now');
  }
  if (typeof meta !== 'string' || !META_SORTS.has(meta)) {
    throw new MongoServerError(31138, `Illegal $meta sort: $meta: ${describeValue(meta)}`);
  }
  return { kind: 'textScore' };
}

function assertSortPath(path: string): void {
  if (path === '')
    throw new MongoServerError(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) {
    throw new MongoServerError(40353, "FieldPath must not end with a '.'.");
  }
  for (const name of path.split('.')) {
    if (name === '') {
      throw new MongoServerError(15998, 'FieldPath field names may not be empty strings.');
    }
    if (name.startsWith('$')) {
      throw new MongoServerError(16410, "FieldPath field names may not start with '$'.");
    }
  }
}
