import type { BsonDocument, MaybeValue, Value } from '../values/types';

/** What an operator answers to have its field taken away (set to null within an array). */
export const REMOVED = Symbol('removed');

export type Updated = Value | typeof REMOVED;

/** One application of an update to one document. */
export interface UpdateRun {
  /** The document before the update. */
  readonly root: BsonDocument;
  /** What the positional operator `$` stands for. */
  readonly arrayIndex?: number;
  /** True when the document is about to be inserted by an upsert. */
  readonly isInsert: boolean;
  readonly now: Date;
  changed: boolean;
  /** Source paths of `$rename`, removed after everything else. */
  readonly removals: string[][];
}

/** Where an operator stands when it is applied. */
export interface LeafPosition {
  readonly run: UpdateRun;
  /** The path without `$`, `$[]` and `$[id]`: actual field names and array positions. */
  readonly path: readonly string[];
}

/** One update operator on one path, ready to be applied. */
export interface UpdateLeaf {
  readonly operator: string;
  /** Creates the field when it is missing; otherwise a missing field is left alone. */
  readonly createsField: boolean;
  /** Leaves a path alone that leads through a scalar, where others fail with 28. */
  readonly ignoresUnviablePath?: boolean;
  /** Applied only when the document is being inserted. */
  readonly insertOnly?: boolean;
  /** True when the operator assigns a whole document. */
  readonly assignsDocument?: boolean;
  /** The new value of an existing field; the very same value when there is nothing to change. */
  update(value: Value, position: LeafPosition): Updated;
  /** The value of a field that is missing; undefined when it stays missing. */
  create(position: LeafPosition): MaybeValue;
}

/** Applied to a document; see compileUpdate. */
export interface UpdateContext {
  readonly arrayIndex?: number;
  readonly isInsert: boolean;
}

export interface UpdateResult {
  /** A new document when something changed; the one given is never modified. */
  readonly document: BsonDocument;
  readonly changed: boolean;
}

export interface CompiledUpdate {
  readonly kind: 'replacement' | 'modifiers' | 'pipeline';
  apply(document: BsonDocument, context: UpdateContext): UpdateResult;
  /**
   * The document that an upsert inserts.
   * @param equalities what the filter pins down, from equalitiesForUpsert (dotted path to value)
   */
  buildUpsert(equalities: BsonDocument): BsonDocument;
}

/** A test of an array element, by `arrayFilters`. */
export type ElementFilter = (element: Value) => boolean;
export type ArrayFilters = ReadonlyMap<string, ElementFilter>;
