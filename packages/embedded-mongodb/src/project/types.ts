import type { Expression } from '../expression/types';
import type { MatchExpression } from '../match/types';
import type { DocumentMetadata } from '../values/metadata';
import type { BsonDocument } from '../values/types';

/** A projection as a tree over field names. */
export interface ProjectionTree {
  readonly kind: 'tree';
  readonly children: Map<string, ProjectionNode>;
}

export type ProjectionNode =
  | ProjectionTree
  | { readonly kind: 'flag'; readonly included: boolean }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'elemMatch'; readonly match: MatchExpression; readonly field: string }
  | { readonly kind: 'slice'; readonly skip?: number; readonly limit: number }
  | { readonly kind: 'positional' };

/** A compiled projection. */
export interface CompiledProjection {
  /** The projected document; a new one, `document` stays as it is. */
  apply(document: BsonDocument, metadata?: DocumentMetadata): BsonDocument;
  readonly isInclusion: boolean;
  /** For an inclusion that only picks fields: all their paths. An index over them can answer it. */
  readonly includedPaths?: readonly string[];
}
