import { ENTITIES, fails, Failure } from '../build-cases';
import type { OperationDescription, UnifiedTestFile } from '../runner/schema';

function aggregate(pipeline: readonly object[], expected: unknown): OperationDescription {
  const operation = { name: 'aggregate', object: 'database', arguments: { pipeline } };
  if (expected instanceof Failure) return { ...operation, expectError: expected.expected };
  return { ...operation, expectResult: expected };
}

/** Pipelines without a collection. */
export const databaseAggregates: readonly UnifiedTestFile[] = [
  {
    description: 'reference/operator/aggregation/listLocalSessions',
    schemaVersion: '1.0',
    createEntities: ENTITIES,
    tests: [
      {
        description: 'the session of the command itself is among them',
        operations: [
          aggregate(
            [
              { $listLocalSessions: {} },
              { $limit: 1 },
              { $project: { _id: 0, id: { $type: '$_id.id' }, used: { $type: '$lastUse' } } },
            ],
            [{ id: 'binData', used: 'date' }],
          ),
        ],
      },
      {
        description: 'it comes first or not at all',
        operations: [
          aggregate([{ $documents: [] }, { $listLocalSessions: {} }], fails(40602)),
          aggregate([{ $listLocalSessions: { all: true } }], fails(40415)),
        ],
      },
    ],
  },
  {
    description: 'reference/operator/aggregation/documents',
    schemaVersion: '1.0',
    createEntities: ENTITIES,
    tests: [
      {
        description: 'literal documents go through a pipeline',
        operations: [
          aggregate([{ $documents: [{ a: 1 }, { a: 2 }] }, { $match: { a: 2 } }], [{ a: 2 }]),
          aggregate([{ $documents: 1 }], fails(5858203)),
          aggregate([{ $match: {} }], fails(73)),
        ],
      },
    ],
  },
];
