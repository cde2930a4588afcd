import { MongoServerError } from '../../errors';
import { assertLiteralFieldName } from '../../expression/field-path';
import { formatValue } from '../../expression/format';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument } from '../../values/types';
import { MemoryBudget } from '../memory';
import { stagesOf } from '../stage-entry';
import { tee } from '../stream';
import type { DocumentStream, Stage, StageSite, StageTable, SubPipeline } from '../types';

async function collectWithin(
  stream: DocumentStream,
  budget: MemoryBudget,
): Promise<BsonDocument[]> {
  const documents: BsonDocument[] = [];
  for await (const chunk of stream) {
    for (const document of chunk) {
      budget.add(document);
      documents.push(document);
    }
  }
  return documents;
}

/** One document of all results; the branches read the input in step, none of it is buffered. */
async function runFacets(
  input: DocumentStream,
  facets: readonly { name: string; pipeline: SubPipeline }[],
): Promise<BsonDocument> {
  const branches = tee(input, facets.length);
  const budget = new MemoryBudget('$facet');
  const results = await Promise.all(
    facets.map(({ pipeline }, index) => collectWithin(pipeline.runOn(branches[index]!), budget)),
  );
  return new Map(facets.map(({ name }, index) => [name, results[index]!]));
}

/** @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/facet/ */
function compileFacet(site: StageSite): Stage {
  const { name, specification, namespace } = site;
  if (!(specification instanceof Map) || specification.size === 0) {
    throw new MongoServerError(
      40169,
      `the $facet specification must be a non-empty object, but found: ${name}: ${formatValue(specification)}`,
    );
  }
  const facets = [...specification].map(([facetName, stages]) => {
    assertLiteralFieldName(facetName);
    if (!Array.isArray(stages)) {
      throw new MongoServerError(
        40170,
        `arguments to $facet must be arrays, ${facetName} is type ${bsonTypeName(stages)}`,
      );
    }
    const pipeline = site.compilePipeline(stagesOf(stages, 'pipeline'), {
      namespace,
      container: '$facet',
    });
    return { name: facetName, pipeline };
  });
  async function* run(input: DocumentStream): DocumentStream {
    yield [await runFacets(input, facets)];
  }
  const fields = facets.map(({ pipeline }) => pipeline.fields);
  const reads = fields.every((some) => some !== undefined) ? fields.flat() : undefined;
  return { name, run, reads, replaces: true };
}

export const FACET_STAGES: StageTable = { $facet: compileFacet };
