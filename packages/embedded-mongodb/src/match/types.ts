import type { Expression } from '../expression/types';
import type { TextQuery } from '../text/query';
import type { Collation } from '../values/collation';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { CompiledRegex } from './regex';

/** A test on the value or values at one path. */
export type Predicate =
  | { readonly op: 'eq' | 'lt' | 'lte' | 'gt' | 'gte'; readonly value: Value }
  | { readonly op: 'ne'; readonly value: Value }
  | ({ readonly op: 'in' } & InOperands)
  | ({ readonly op: 'nin' } & InOperands)
  | { readonly op: 'not'; readonly predicates: readonly Predicate[] }
  | { readonly op: 'exists'; readonly exists: boolean }
  | { readonly op: 'type'; readonly types: ReadonlySet<number> }
  | { readonly op: 'regex'; readonly regex: CompiledRegex }
  | { readonly op: 'mod'; readonly divisor: bigint; readonly remainder: bigint }
  | { readonly op: 'size'; readonly size: number }
  | { readonly op: 'all'; readonly predicates: readonly Predicate[] }
  | { readonly op: 'elemMatchValue'; readonly predicates: readonly Predicate[] }
  | { readonly op: 'elemMatchObject'; readonly node: MatchNode }
  | { readonly op: 'bits'; readonly test: BitTest }
  | {
      /** A comparison with text under a collation; indexes, which order by bytes, do not know it. */
      readonly op: 'collated';
      readonly comparison: Comparison;
      readonly collation: Collation;
    };

/** The predicates that compare with values of the query. */
export type Comparison =
  | { readonly op: 'eq' | 'lt' | 'lte' | 'gt' | 'gte'; readonly value: Value }
  | ({ readonly op: 'in' } & InOperands);

/** What `$in` and `$nin` list: values to equal and patterns to match. */
export interface InOperands {
  readonly values: readonly Value[];
  readonly regexes: readonly CompiledRegex[];
}

export interface BitTest {
  readonly name: '$bitsAllSet' | '$bitsAllClear' | '$bitsAnySet' | '$bitsAnyClear';
  /** Ascending and without duplicates; positions above 63 of a number mean its sign bit. */
  readonly positions: readonly number[];
}

/** A query as a tree; the planner reads it, `evaluate.ts` runs it. */
export type MatchNode =
  | { readonly kind: 'and' | 'or' | 'nor'; readonly children: readonly MatchNode[] }
  | { readonly kind: 'path'; readonly path: string; readonly predicate: Predicate }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly query: TextQuery }
  | { readonly kind: 'always'; readonly value: boolean };

/** Filled in while matching, for the positional operator `$`. */
export interface MatchDetails {
  arrayIndex?: number;
}

/** Tests one value; array semantics are the caller's. */
export type ElementTest = (value: MaybeValue, details: MatchDetails | undefined) => boolean;

/** Tests a document. */
export type DocumentTest = (document: BsonDocument, details: MatchDetails | undefined) => boolean;

/** A compiled query. */
export interface MatchExpression {
  readonly root: MatchNode;
  /** The `$text` condition, when there is one: the index answers it, `matches` takes it as true. */
  readonly textQuery?: TextQuery;
  matches(document: BsonDocument): boolean;
  /** As `matches`; `arrayIndex` is the array position that the positional operator `$` stands for. */
  matchWithPosition(document: BsonDocument): { matched: boolean; arrayIndex?: number };
}
