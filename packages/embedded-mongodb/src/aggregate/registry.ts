import { MongoServerError } from '../errors';
import { BASIC_STAGES } from './stages/basic';
import { BUCKET_STAGES } from './stages/bucket';
import { COLLECTION_STATISTICS_STAGES } from './stages/collection-statistics';
import { DENSIFY_STAGES } from './stages/densify';
import { FACET_STAGES } from './stages/facet';
import { FILL_STAGES } from './stages/fill';
import { GRAPH_LOOKUP_STAGES } from './stages/graph-lookup';
import { GROUP_STAGES } from './stages/group';
import { LOOKUP_STAGES } from './stages/lookup';
import { REDACT_STAGES } from './stages/redact';
import { RESHAPE_STAGES } from './stages/reshape';
import { SESSION_STAGES } from './stages/sessions';
import { WINDOW_STAGES } from './stages/set-window-fields';
import { SORT_STAGES } from './stages/sort';
import { SOURCE_STAGES } from './stages/source-stages';
import { UNWIND_STAGES } from './stages/unwind';
import { WRITE_STAGES } from './stages/write';
import type { StageCompiler } from './types';

const STAGES: ReadonlyMap<string, StageCompiler> = new Map(
  [
    BASIC_STAGES,
    BUCKET_STAGES,
    COLLECTION_STATISTICS_STAGES,
    DENSIFY_STAGES,
    FACET_STAGES,
    FILL_STAGES,
    GRAPH_LOOKUP_STAGES,
    GROUP_STAGES,
    LOOKUP_STAGES,
    REDACT_STAGES,
    RESHAPE_STAGES,
    SESSION_STAGES,
    SORT_STAGES,
    SOURCE_STAGES,
    UNWIND_STAGES,
    WINDOW_STAGES,
    WRITE_STAGES,
  ].flatMap((table) => Object.entries(table)),
);

/** Every stage that this engine supports, in alphabetical order. */
export const SUPPORTED_STAGES: readonly string[] = [...STAGES.keys()].sort();

/**
 * The compiler of a stage.
 * @throws MongoServerError 40573 for change streams: the refusal of a server that has no log of its
 *   changes, by which clients know to do without; 40324 when there is no stage of that name
 */
export function findStage(name: string): StageCompiler {
  const compiler = STAGES.get(name);
  if (compiler) return compiler;
  if (name === '$changeStream') {
    throw new MongoServerError(40573, 'The $changeStream stage is only supported on replica sets');
  }
  throw new MongoServerError(40324, `Unrecognized pipeline stage name: '${name}'`);
}
