import type { CompileScope } from '../expression/types';
import type { Variables } from '../expression/variables';
import type { MatchExpression } from '../match/compile';
import type { Verbosity } from '../plan/explain';
import type { FindQuery, SortPattern } from '../plan/query';
import type { WorkingMemory } from '../spill/working-memory';
import type { Namespace } from '../storage/types';
import type { BsonDocument, Value } from '../values/types';

export type { Namespace };

/** Documents in chunks of at most a few hundred, so that waiting is paid once for many of them. */
export type DocumentStream = AsyncGenerator<BsonDocument[], void, void>;

/** How a pipeline reads collections, and writes them for `$out` and `$merge`. */
export interface PipelineSource {
  find(namespace: Namespace, query: FindQuery): DocumentStream;
  /** Counts without decoding documents where an index or the catalog can tell. */
  count(
    namespace: Namespace,
    match: MatchExpression | undefined,
    limit?: number,
    hint?: FindQuery['hint'],
  ): Promise<number>;
  /**
   * To be awaited between two chunks when there is something: others get their turn then. Throws when
   * the operation was interrupted or its time is up.
   */
  yieldPoint?(): Promise<void> | undefined;
  /** What the stages may hold; 100 MiB each and nothing on disk when absent. */
  readonly memory?: WorkingMemory;
  /** What explain says of a find: `queryPlanner` and, when asked for, `executionStats`. */
  explain?(namespace: Namespace, query: FindQuery, verbosity: Verbosity): Promise<BsonDocument>;
  /** The logical sessions of the server, for `$listLocalSessions`. */
  sessions?(): BsonDocument[];
  /** For `$collStats`. @throws MongoServerError 26 when there is no such collection */
  statistics?(
    namespace: Namespace,
    parts: { readonly count: boolean; readonly storageStats: boolean },
  ): BsonDocument[];
  /** Absent where a pipeline may only read. */
  readonly write?: PipelineWriter;
}

/** The write side of a pipeline: each call is acknowledged when it is durable. */
export interface PipelineWriter {
  /** @throws MongoServerError 11000 for a duplicate key */
  insertMany(namespace: Namespace, documents: readonly BsonDocument[]): Promise<void>;
  /** Updates the first document that the filter matches; answers whether there was one. */
  updateOne(
    namespace: Namespace,
    request: {
      readonly filter: BsonDocument;
      readonly update: BsonDocument | readonly BsonDocument[];
      readonly variables: Variables;
    },
  ): Promise<{ matched: boolean }>;
  /** Makes the documents the whole content of the collection, all or nothing; indexes stay. */
  replaceCollection(namespace: Namespace, documents: DocumentStream): Promise<void>;
  /** Whether a unique index, neither partial nor sparse, covers exactly these fields. */
  hasUniqueIndex(namespace: Namespace, fields: readonly string[]): Promise<boolean>;
}

/** What a stage may know while it is compiled. */
export interface StageSite {
  readonly name: string;
  readonly specification: Value;
  readonly scope: CompileScope;
  readonly variables: Variables;
  /** The collection that the pipeline reads; undefined for `aggregate: 1`. */
  readonly namespace: Namespace | undefined;
  readonly database: string;
  readonly source: PipelineSource;
  /** Compiles a pipeline inside this one. */
  compilePipeline(stages: readonly BsonDocument[], options: SubPipelineOptions): SubPipeline;
}

export interface SubPipelineOptions {
  readonly namespace: Namespace | undefined;
  readonly variables?: Variables;
  /** The stage that holds the pipeline; it decides which stages are allowed there. */
  readonly container: '$facet' | '$lookup' | '$unionWith';
}

/** A pipeline inside another. */
export interface SubPipeline {
  /** Reads its own collection, of it only what `first` matches when that is given. */
  run(first?: MatchExpression): DocumentStream;
  /** Reads the given documents in the place of its collection. */
  runOn(input: DocumentStream): DocumentStream;
  /** True when the collection is read through a limit or only counted: better not read ahead. */
  readonly readsLittle: boolean;
  /** The top-level fields of its input that matter; undefined when all may. */
  readonly fields: readonly string[] | undefined;
  /**
   * Present when every document is treated by itself: what becomes of one, undefined when it is left
   * out. To be called any number of times.
   */
  readonly treatOne?: ((document: BsonDocument) => BsonDocument | undefined) | undefined;
}

/** A compiled stage. */
export interface Stage {
  readonly name: string;
  /** The stage as the user wrote it; explain shows it. */
  readonly definition?: BsonDocument;
  run(input: DocumentStream): DocumentStream;
  /** Present when every document becomes exactly one document, independent of all others. */
  readonly transform?: (document: BsonDocument) => BsonDocument;
  /** True when every document becomes exactly one document and the order stays. */
  readonly isOneToOne?: boolean;
  /** Whether values at a path may differ after the stage; absent when nothing is known. */
  readonly changes?: (path: string) => boolean;
  /** The top-level fields of its documents that the stage looks at; absent when it may look at any. */
  readonly reads?: readonly string[] | undefined;
  /** True when nothing is left of a document behind the stage but what it made of the fields it reads. */
  readonly replaces?: boolean;
  /** What of the stage a collection can answer itself. */
  readonly pushable?: PushableOperation;
  /** Present when the stage makes its documents itself and must come first. */
  readonly isSource?: boolean;
  /** A source that tells about the collection of the pipeline, so that there must be one. */
  readonly needsCollection?: boolean;
  /** Present when the stage only needs to know how many documents there are. */
  readonly countOnly?: (count: number) => BsonDocument[];
}

export type PushableOperation =
  | { readonly kind: 'match'; readonly filter: BsonDocument; readonly match: MatchExpression }
  | { readonly kind: 'sort'; readonly pattern: SortPattern }
  | { readonly kind: 'skip' | 'limit'; readonly count: number };

export type StageCompiler = (site: StageSite) => Stage;
export type StageTable = Readonly<Record<string, StageCompiler>>;
