import { MongoServerError } from '../../errors';
import { bsonTypeName } from '../../values/compare';
import { streamOf } from '../stream';
import type { Stage, StageSite, StageTable } from '../types';

/**
 * The sessions that this server knows, each as `{ _id: { id, uid }, lastUse }`
 * (https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/listLocalSessions/). Without
 * users, `users` and `allUsers` choose nothing.
 */
function compileListLocalSessions({ name, specification, source }: StageSite): Stage {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(
      'TypeMismatch',
      `${name} options must be specified in an object, but found: ${bsonTypeName(specification)}`,
    );
  }
  for (const option of specification.keys()) {
    if (option !== 'users' && option !== 'allUsers') {
      throw new MongoServerError(40415, `BSON field '${name}.${option}' is an unknown field.`);
    }
  }
  return { name, run: () => streamOf(source.sessions?.() ?? []), isSource: true };
}

/** Stages that tell about the server. */
export const SESSION_STAGES: StageTable = { $listLocalSessions: compileListLocalSessions };
