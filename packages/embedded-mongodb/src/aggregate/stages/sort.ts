import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { rootOf } from '../../plan/index-candidate';
import { parseSortPattern, type SortPattern } from '../../plan/query';
import { createSortOrder, type SortOrder } from '../../plan/sort-key';
import { approximateSize } from '../../expression/accumulators/size';
import { ExternalSort } from '../../spill/external-sort';
import { decodeWithMetadata, encodeWithMetadata } from '../../spill/documents';
import type { Collation } from '../../values/collation';
import type { BsonDocument } from '../../values/types';
import { CHUNK_SIZE } from '../stream';
import type { DocumentStream, PipelineSource, Stage, StageSite, StageTable } from '../types';
import { compileGroup } from './group';

/** A sort pattern of a pipeline, where `$natural` means nothing. */
export function pipelineSortPattern(specification: unknown, collation?: Collation): SortPattern {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(15973, 'the $sort key specification must be an object');
  }
  const pattern = parseSortPattern(specification as BsonDocument, collation);
  if (pattern.length === 0) {
    throw new MongoServerError(15976, '$sort stage must have at least one sort key');
  }
  if (pattern.some((field) => field.kind === 'natural')) {
    throw new MongoServerError(16410, "FieldPath field names may not start with '$'.");
  }
  return pattern;
}

/** What a sort needs of the source of its pipeline. */
type SortResources = Pick<PipelineSource, 'memory' | 'yieldPoint'>;

/**
 * Sorts a whole stream; equal documents keep their order.
 * @param limit when given, only so many documents come out, and about as many are held
 */
export function sortStream(
  input: DocumentStream,
  pattern: SortPattern,
  source: SortResources,
  limit = 0,
): DocumentStream {
  return sortByKey(input, createSortOrder(pattern), source, limit);
}

/** The same for any order. */
export async function* sortByKey(
  input: DocumentStream,
  order: SortOrder,
  source: SortResources,
  limit = 0,
): DocumentStream {
  const rules = {
    ...order,
    sizeOf: approximateSize,
    encode: encodeWithMetadata,
    decode: decodeWithMetadata,
  };
  const documents = new ExternalSort<BsonDocument>(rules, limit, source.memory);
  try {
    for await (const chunk of input) {
      for (const document of chunk) {
        documents.add(document);
        while (documents.isBusy) {
          documents.work();
          const turn = source.yieldPoint?.();
          if (turn !== undefined) await turn;
        }
      }
    }
    documents.finish();
    for (;;) {
      const chunk = takeChunk(documents);
      if (chunk.length > 0) yield chunk;
      if (chunk.length < CHUNK_SIZE) return;
    }
  } finally {
    documents.close();
  }
}

function takeChunk(documents: ExternalSort<BsonDocument>): BsonDocument[] {
  const chunk: BsonDocument[] = [];
  while (chunk.length < CHUNK_SIZE) {
    const document = documents.next();
    if (document === undefined) break;
    chunk.push(document);
  }
  return chunk;
}

function compileSort({ name, specification, scope, source }: StageSite): Stage {
  const pattern = pipelineSortPattern(specification, scope.collation);
  return {
    name,
    run: (input) => sortStream(input, pattern, source),
    pushable: { kind: 'sort', pattern },
    changes: () => false,
    reads: pattern.flatMap((field) => (field.kind === 'path' ? [rootOf(field.path)] : [])),
  };
}

function compileSortByCount(site: StageSite): Stage {
  const { name, specification } = site;
  if (specification instanceof Map) {
    const [operator] = specification.keys();
    if (operator === undefined || !operator.startsWith('$')) {
      throw new MongoServerError(
        40147,
        'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
      );
    }
  } else if (typeof specification !== 'string') {
    throw new MongoServerError(
      40149,
      'the sortByCount field must be specified as a string or as an object',
    );
  } else if (!specification.startsWith('$')) {
    throw new MongoServerError(
      40148,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
  const group = compileGroup({
    ...site,
    name: '$group',
    specification: new Map([
      ['_id', specification],
      ['count', new Map([['$sum', new Int32(1)]])],
    ]),
  });
  const pattern = parseSortPattern(new Map([['count', new Int32(-1)]]));
  const run = (input: DocumentStream): DocumentStream =>
    sortStream(group.run(input), pattern, site.source);
  return { name, run, reads: group.reads, replaces: true };
}

export const SORT_STAGES: StageTable = {
  $sort: compileSort,
  $sortByCount: compileSortByCount,
};
