import type { MatchNode } from '../match/compile';
import type { Stage } from './types';

/** The paths that a query reads; undefined when it reads what cannot be told. */
export function pathsRead(node: MatchNode): string[] | undefined {
  switch (node.kind) {
    case 'path':
      return [node.path];
    case 'always':
      return [];
    case 'and':
    case 'or':
    case 'nor': {
      const paths: string[] = [];
      for (const child of node.children) {
        const read = pathsRead(child);
        if (!read) return undefined;
        paths.push(...read);
      }
      return paths;
    }
    default:
      return undefined;
  }
}

/** The paths on which a stage depends, for the stages that may be moved forward. */
function dependencies(stage: Stage): string[] | undefined {
  const { pushable } = stage;
  if (pushable?.kind === 'match') return pathsRead(pushable.match.root);
  if (pushable?.kind !== 'sort') return undefined;
  const paths: string[] = [];
  for (const field of pushable.pattern) {
    if (field.kind !== 'path') return undefined;
    paths.push(field.path);
  }
  return paths;
}

/** Whether `stage` gives the same result when it runs before `previous`. */
function mayMoveBefore(stage: Stage, previous: Stage): boolean {
  const kind = stage.pushable?.kind;
  if (kind === 'skip' || kind === 'limit') return previous.isOneToOne === true;
  if (kind !== 'match' && kind !== 'sort') return false;
  const previousKind = previous.pushable?.kind;
  if (previousKind !== undefined) return kind === 'match' && previousKind === 'sort';
  // A sort only moves across stages that keep the number of documents: else it would sort more.
  if (kind === 'sort' && previous.isOneToOne !== true) return false;
  const { changes } = previous;
  const paths = changes && dependencies(stage);
  return paths !== undefined && !paths.some((path) => changes!(path));
}

/**
 * Moves matches, sorts, skips and limits as far to the front as the result allows, so that the
 * collection can answer them and joins happen after paging.
 */
export function reorderStages(stages: readonly Stage[]): Stage[] {
  const ordered: Stage[] = [];
  for (const stage of stages) {
    let position = ordered.length;
    while (position > 0 && mayMoveBefore(stage, ordered[position - 1]!)) position -= 1;
    ordered.splice(position, 0, stage);
  }
  return ordered;
}
