import { MongoServerError } from '../../errors';
import { compileExpression } from '../../expression/compile';
import { toDouble } from '../../values/numbers';
import { isNumeric } from '../../values/numbers';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, Value } from '../../values/types';
import { MemoryBudget } from '../memory';
import { stagesOf } from '../stage-entry';
import { streamOf } from '../stream';
import type { DocumentStream, Stage, StageSite, StageTable } from '../types';

function compileDocuments({ name, specification, scope }: StageSite): Stage {
  const { evaluate } = compileExpression(specification, scope);
  const documentsOf = (): BsonDocument[] => {
    const value = evaluate({ root: new Map() });
    if (!Array.isArray(value)) {
      throw new MongoServerError(
        5858203,
        `an array is expected for $documents, but found: ${bsonTypeName(value)}`,
      );
    }
    return value.map((document) => {
      if (document instanceof Map) return document;
      throw new MongoServerError(
        40228,
        `'newRoot' expression must evaluate to an object, but resulting value was of type ${bsonTypeName(document)}`,
      );
    });
  };
  return { name, run: () => streamOf(documentsOf()), isSource: true };
}

function sampleSize(specification: Value): number {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(28745, 'the $sample stage specification must be an object');
  }
  for (const field of specification.keys()) {
    if (field !== 'size') {
      throw new MongoServerError(28748, `unrecognized option to $sample: ${field}`);
    }
  }
  const size = specification.get('size');
  if (size === undefined) throw new MongoServerError(28749, '$sample stage must specify a size');
  if (!isNumeric(size)) {
    throw new MongoServerError(28746, 'size argument to $sample must be a number');
  }
  const number = Math.trunc(toDouble(size));
  if (number >= 0) return number;
  throw new MongoServerError(28747, 'size argument to $sample must not be negative');
}

/** Keeps each document of a stream with the same chance (reservoir sampling), in random order. */
async function* sampleStream(input: DocumentStream, size: number): DocumentStream {
  const budget = new MemoryBudget('$sample');
  const kept: BsonDocument[] = [];
  let seen = 0;
  for await (const chunk of input) {
    for (const document of chunk) {
      seen += 1;
      if (kept.length < size) {
        budget.add(document);
        kept.push(document);
      } else {
        const position = Math.floor(Math.random() * seen);
        if (position < size) kept[position] = document;
      }
    }
  }
  for (let index = kept.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [kept[index], kept[other]] = [kept[other]!, kept[index]!];
  }
  yield* streamOf(kept);
}

function compileSample({ name, specification }: StageSite): Stage {
  const size = sampleSize(specification);
  return { name, run: (input) => sampleStream(input, size) };
}

function compileUnionWith(site: StageSite): Stage {
  const { name, specification, database } = site;
  let collection: Value | undefined;
  let stages: Value | undefined;
  if (typeof specification === 'string') {
    collection = specification;
  } else if (specification instanceof Map) {
    for (const field of specification.keys()) {
      if (field !== 'coll' && field !== 'pipeline') {
        throw new MongoServerError(40415, `BSON field '$unionWith.${field}' is an unknown field.`);
      }
    }
    collection = specification.get('coll');
    stages = specification.get('pipeline');
  } else {
    throw new MongoServerError(
      'FailedToParse',
      `the $unionWith stage specification must be an object or string, but found ${bsonTypeName(specification)}`,
    );
  }
  if (collection !== undefined && typeof collection !== 'string') {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '$unionWith.coll' is the wrong type '${bsonTypeName(collection)}', expected type 'string'`,
    );
  }
  const pipeline = site.compilePipeline(stages === undefined ? [] : stagesOf(stages, 'pipeline'), {
    namespace: collection === undefined ? undefined : { database, collection },
    container: '$unionWith',
  });
  async function* run(input: DocumentStream): DocumentStream {
    yield* input;
    yield* pipeline.run();
  }
  return { name, run, reads: [] };
}

/** Stages that bring in documents of their own, or pick among them. */
export const SOURCE_STAGES: StageTable = {
  $documents: compileDocuments,
  $sample: compileSample,
  $unionWith: compileUnionWith,
};
