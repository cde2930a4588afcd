import type { DocumentStream, Namespace, PipelineSource } from '../../src/aggregate';
import { compilePipeline } from '../../src/aggregate';
import { createCommandVariables } from '../../src/expression/command-variables';
import { collect, streamOf } from '../../src/aggregate/stream';
import { compileDocumentStages } from '../../src/aggregate/document-stages';
import { MongoServerError } from '../../src/errors';
import { compileMatch, type MatchExpression } from '../../src/match/compile';
import type { FindQuery } from '../../src/plan/query';
import { createSortKeyGenerator } from '../../src/plan/sort-key';
import { valuesEqual } from '../../src/values/compare';
import { documentFromPlain } from '../../src/values/plain';
import type { BsonDocument } from '../../src/values/types';
import { show } from './show';

/** What the reader did not ask for is left out, so that every test tells when that was too little. */
function withOnly(fields: FindQuery['fields'], document: BsonDocument): BsonDocument {
  return fields ? new Map([...document].filter(([name]) => fields.includes(name))) : document;
}

/** Collections in memory that remember what was asked of them. */
export class MemorySource implements PipelineSource {
  readonly collections = new Map<string, BsonDocument[]>();
  readonly finds: { collection: string; query: FindQuery }[] = [];
  readonly counts: string[] = [];
  readonly write = {
    insertMany: async (namespace: Namespace, documents: readonly BsonDocument[]) =>
      this.#insert(namespace, documents),
    updateOne: async (
      namespace: Namespace,
      request: {
        filter: BsonDocument;
        update: BsonDocument | readonly BsonDocument[];
        variables: ReadonlyMap<string, never>;
      },
    ) => this.#update(namespace, request),
    replaceCollection: async (namespace: Namespace, documents: DocumentStream) => {
      this.collections.set(namespace.collection, await collect(documents));
    },
    hasUniqueIndex: async (_namespace: Namespace, fields: readonly string[]) =>
      fields.every((field) => field === '_id' || field === 'key'),
  };

  constructor(collections: Record<string, object[]> = {}) {
    for (const [name, documents] of Object.entries(collections)) {
      this.collections.set(name, documents.map(documentFromPlain));
    }
  }

  async *find(namespace: Namespace, query: FindQuery): DocumentStream {
    this.finds.push({ collection: namespace.collection, query });
    let found = this.#matching(namespace, query.match);
    if (query.sort) {
      const keyOf = createSortKeyGenerator(query.sort);
      found = found.toSorted((left, right) => Buffer.compare(keyOf(left), keyOf(right)));
    }
    const skip = query.skip ?? 0;
    const page = found.slice(skip, query.limit ? skip + query.limit : undefined);
    yield* streamOf(page.map((document) => withOnly(query.fields, document)));
  }

  async count(namespace: Namespace, match: MatchExpression | undefined, limit = Infinity) {
    this.counts.push(namespace.collection);
    return Math.min(this.#matching(namespace, match).length, limit);
  }

  #matching({ collection }: Namespace, match: MatchExpression | undefined): BsonDocument[] {
    const documents = this.collections.get(collection) ?? [];
    return match ? documents.filter((document) => match.matches(document)) : [...documents];
  }

  #insert({ collection }: Namespace, documents: readonly BsonDocument[]): void {
    const stored = this.collections.get(collection) ?? [];
    this.collections.set(collection, stored);
    for (const document of documents) {
      if (stored.some((other) => valuesEqual(other.get('_id'), document.get('_id')))) {
        throw new MongoServerError('DuplicateKey', 'E11000 duplicate key error');
      }
      stored.push(document);
    }
  }

  #update(
    { collection }: Namespace,
    request: {
      filter: BsonDocument;
      update: BsonDocument | readonly BsonDocument[];
      variables: ReadonlyMap<string, never>;
    },
  ): { matched: boolean } {
    const stored = this.collections.get(collection) ?? [];
    const match = compileMatch(request.filter);
    const index = stored.findIndex((document) => match.matches(document));
    if (index === -1) return { matched: false };
    const { update, variables } = request;
    stored[index] =
      update instanceof Map
        ? new Map([['_id', stored[index]!.get('_id') ?? null], ...update])
        : compileDocumentStages(update, variables)(stored[index]!);
    return { matched: true };
  }
}

/** Runs a pipeline given as plain JavaScript and shows each document that comes out. */
export async function aggregate(
  source: MemorySource,
  collection: string | undefined,
  stages: object[],
  options: { let?: object; now?: Date } = {},
): Promise<string[]> {
  const pipeline = compilePipeline(stages.map(documentFromPlain), {
    namespace: collection === undefined ? undefined : { database: 'test', collection },
    database: 'test',
    source,
    variables: createCommandVariables(
      options.let && documentFromPlain(options.let),
      options.now ?? new Date(0),
    ),
  });
  return (await collect(pipeline.run())).map(show);
}
