import { MongoServerError } from '../errors';
import { NO_VARIABLES, type Variables } from '../expression/variables';
import type { Collation } from '../values/collation';
import type { BsonDocument } from '../values/types';
import { RESHAPE_STAGES } from './stages/reshape';
import { stageEntry } from './stage-entry';
import type { PipelineSource, StageSite } from './types';

const NO_SOURCE: PipelineSource = {
  find: () => {
    throw new MongoServerError('InternalError', 'an update pipeline reads no collection');
  },
  count: () => {
    throw new MongoServerError('InternalError', 'an update pipeline reads no collection');
  },
};

/**
 * Compiles the pipeline of an update: only stages that make one document out of each.
 * @param pipeline for example `[{ $set: { total: { $add: ['$a', '$b'] } } }]`
 * @returns a function from the old document to the new one; the old one is not changed
 * @throws MongoServerError 72 InvalidOptions for any other stage
 * @see https://www.mongodb.com/docs/v7.0/tutorial/update-documents-with-aggregation-pipeline/
 */
export function compileDocumentStages(
  pipeline: readonly BsonDocument[],
  variables: Variables = NO_VARIABLES,
  collation?: Collation,
): (document: BsonDocument) => BsonDocument {
  const transforms = pipeline.map((stage) => {
    const { name, specification } = stageEntry(stage);
    const compiler = RESHAPE_STAGES[name];
    if (!compiler) {
      throw new MongoServerError(
        'InvalidOptions',
        `${name} is not allowed to be used within an update`,
      );
    }
    const site: StageSite = {
      name,
      specification,
      scope: { variables, collation },
      variables,
      namespace: undefined,
      database: '',
      source: NO_SOURCE,
      compilePipeline: () => {
        throw new MongoServerError('InternalError', 'an update pipeline holds no pipeline');
      },
    };
    return compiler(site).transform!;
  });
  return (document) => transforms.reduce((current, transform) => transform(current), document);
}
