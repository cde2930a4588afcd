import { MongoServerError } from '../errors';
import { formatElement } from '../match/operands';
import { valuesEqual } from '../values/compare';
import { asIndex } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { describeId } from './arithmetic';
import { elementsIdentifier, POSITIONAL } from './tree';
import type { LeafPosition, UpdateLeaf, UpdateRun } from './types';

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

/** `$rename` takes up two places of the tree: this one at the source only marks it as taken. */
export function renameSourceLeaf(): UpdateLeaf {
  return {
    operator: '$rename',
    createsField: false,
    ignoresUnviablePath: true,
    update: (value) => value,
    create: () => undefined,
  };
}

/** `$rename` at its destination: sets the source's value there and has the source removed. */
export function renameTargetLeaf(source: readonly string[]): UpdateLeaf {
  return {
    operator: '$rename',
    createsField: true,
    update: (value, position) => {
      const moved = moveSource(source, position);
      return moved === undefined || valuesEqual(moved, value) ? value : moved;
    },
    create: (position) => moveSource(source, position),
  };
}

/**
 * Checks the two paths of a `$rename`.
 * @throws MongoServerError 2 as MongoDB
 */
export function checkRenamePaths(from: string, operand: Value): string {
  const element = formatElement(from, operand);
  if (typeof operand !== 'string') {
    throw bad(`The 'to' field for $rename must be a string: ${element}`);
  }
  if (operand.includes('\0')) {
    throw bad("The 'to' field for $rename cannot contain an embedded null byte");
  }
  if (operand === from) {
    throw bad(`The source and target field for $rename must differ: ${element}`);
  }
  if (operand.startsWith(`${from}.`) || from.startsWith(`${operand}.`)) {
    throw bad(`The source and target field for $rename must not be on the same path: ${element}`);
  }
  if (isDynamic(from)) throw bad(`The source field for $rename may not be dynamic: ${from}`);
  if (isDynamic(operand)) {
    throw bad(`The destination field for $rename may not be dynamic: ${operand}`);
  }
  return operand;
}

function isDynamic(path: string): boolean {
  return path
    .split('.')
    .some((component) => component === POSITIONAL || elementsIdentifier(component) !== undefined);
}

function moveSource(source: readonly string[], { run, path }: LeafPosition): MaybeValue {
  const value = findSource(source, run);
  if (value === undefined) return undefined;
  refuseArrayOnPath('destination', path, run);
  if (source[0] === '_id') {
    throw new MongoServerError(
      'ImmutableField',
      `Unsetting the path '${source.join('.')}' using $rename would modify the immutable field '_id'`,
    );
  }
  run.removals.push([...source]);
  run.changed = true;
  return value;
}

function findSource(source: readonly string[], run: UpdateRun): MaybeValue {
  let current: MaybeValue = run.root;
  for (const [depth, component] of source.entries()) {
    if (current === undefined) return undefined;
    if (current instanceof Map) {
      current = current.get(component);
    } else if (Array.isArray(current) && asIndex(component) !== undefined) {
      current = current[asIndex(component) as number];
    } else {
      const at = source[depth - 1] as string;
      throw new MongoServerError(
        'PathNotViable',
        `cannot use the part (${at} of ${source.join('.')}) to traverse the element ` +
          `({${formatElement(at, current)}})`,
      );
    }
  }
  if (current !== undefined) refuseArrayOnPath('source', source, run);
  return current;
}

function refuseArrayOnPath(
  role: 'source' | 'destination',
  path: readonly string[],
  run: UpdateRun,
): void {
  let current: MaybeValue = run.root;
  for (const component of path.slice(0, -1)) {
    current = current instanceof Map ? current.get(component) : undefined;
    if (Array.isArray(current)) {
      throw bad(
        `The ${role} field cannot be an array element, '${path.join('.')}' in doc with ` +
          `${describeId(run.root)} has an array field called '${component}'`,
      );
    }
  }
}

/** The document without the field at `path`; containers on the way are copied. */
export function withoutPath(document: BsonDocument, path: readonly string[]): BsonDocument {
  const [name, ...rest] = path as [string, ...string[]];
  const copy = new Map(document);
  const value = document.get(name);
  if (rest.length === 0) copy.delete(name);
  else if (value instanceof Map) copy.set(name, withoutPath(value, rest));
  return copy;
}
