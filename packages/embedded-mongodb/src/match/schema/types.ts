import type { BsonDocument, Value } from '../../values/types';

/** One keyword of a schema (with the keywords that only modify it), ready to run. */
export interface SchemaRule {
  /** True for values that satisfy the keyword, and for those of a type that it does not speak about. */
  accepts(value: Value): boolean;
  /** How a value that is not accepted failed, as the `errInfo` of a validation error says it. */
  explain(value: Value): BsonDocument;
}

/** A JSON Schema, ready to run. */
export interface Schema {
  /** `title` and `description`, as far as they are given; explanations repeat them. */
  readonly annotations: BsonDocument;
  accepts(value: Value): boolean;
  /** One entry for each keyword that the value does not satisfy. */
  explain(value: Value): BsonDocument[];
}

/** A keyword's operand with what it stands in. */
export interface KeywordSite {
  readonly keyword: string;
  readonly operand: Value;
  /** The whole schema: some keywords read others. */
  readonly schema: BsonDocument;
  /** Parses a schema within the schema. */
  readonly parseNested: (schema: BsonDocument) => Schema;
}

/** Checks a keyword's operand. Undefined when there is nothing to test. */
export type KeywordParser = (site: KeywordSite) => SchemaRule | undefined;
