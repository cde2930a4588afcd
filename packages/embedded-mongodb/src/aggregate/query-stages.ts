import { Int32, Long } from 'bson';
import type { FindQuery, SortField, SortPattern } from '../plan/query';
import { rootOf } from '../plan/index-candidate';
import type { Collation } from '../values/collation';
import type { BsonDocument, Value } from '../values/types';
import { pathsRead } from './optimize';
import { mapChunks } from './stream';
import type { Stage } from './types';

type CompileStage = (stage: BsonDocument, collation: Collation | undefined) => Stage;

/** A query as the stages that do the same to the documents of a pipeline. */
export function stagesOfQuery(query: FindQuery | undefined, compile: CompileStage): Stage[] {
  if (!query) return [];
  const { sort = [], skip = 0, limit = 0 } = query;
  const stages = matchStages(query);
  if (sort.length > 0) stages.push(compile(stageOf('$sort', sortOf(sort)), collationOf(sort)));
  if (skip > 0) stages.push(compile(stageOf('$skip', Long.fromNumber(skip)), undefined));
  if (limit > 0) stages.push(compile(stageOf('$limit', Long.fromNumber(limit)), undefined));
  return stages;
}

function stageOf(name: string, specification: Value): BsonDocument {
  return new Map([[name, specification]]);
}

/** The match is compiled already; what it was compiled from may not be known. */
function matchStages({ match, filter = new Map() }: FindQuery): Stage[] {
  if (!match) return [];
  return [
    {
      name: '$match',
      definition: stageOf('$match', filter),
      run: (input) =>
        mapChunks(input, (chunk) => chunk.filter((document) => match.matches(document))),
      pushable: { kind: 'match', filter, match },
      changes: () => false,
      reads: pathsRead(match.root)?.map(rootOf),
    },
  ];
}

function sortOf(pattern: SortPattern): BsonDocument {
  return new Map(pattern.map(sortFieldOf));
}

function sortFieldOf(field: SortField): [string, Value] {
  switch (field.kind) {
    case 'path':
      return [field.path, new Int32(field.direction)];
    case 'natural':
      return ['$natural', new Int32(field.direction)];
    case 'textScore':
      return ['score', new Map([['$meta', 'textScore']])];
  }
}

function collationOf(pattern: SortPattern): Collation | undefined {
  for (const field of pattern) if (field.kind === 'path' && field.collation) return field.collation;
  return undefined;
}
