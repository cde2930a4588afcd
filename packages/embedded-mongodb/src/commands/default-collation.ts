import type { Engine } from '../storage/engine';
import type { OperationContext } from '../storage/types';
import type { BsonDocument, MaybeValue, Value } from '../values/types';

/** Commands with one collation, by the names that they are called. */
const WITH_COLLATION = new Set([
  'find',
  'aggregate',
  'count',
  'distinct',
  'findAndModify',
  'findandmodify',
]);
/** Commands with a collation in each of their statements. */
const STATEMENTS = new Map([
  ['update', 'updates'],
  ['delete', 'deletes'],
]);

interface Context {
  readonly engine: Engine;
  readonly database: string;
  /** Made when a command is one that has a collation. */
  readonly operation: () => OperationContext;
}

/**
 * The command with the collation of its collection wherever it names none of its own
 * (https://www.mongodb.com/docs/v7.0/reference/collation/); the same document when nothing is to add.
 */
export function withDefaultCollation(command: BsonDocument, context: Context): BsonDocument {
  const [[name, target] = ['', undefined]] = command;
  if (!WITH_COLLATION.has(name) && !STATEMENTS.has(name)) return command;
  const collation = collationOfCollection(target, context);
  if (collation === undefined) return command;
  const list = STATEMENTS.get(name);
  if (list === undefined) return withCollation(command, collation);
  const statements = command.get(list);
  if (!Array.isArray(statements)) return command;
  return new Map(command).set(
    list,
    statements.map((one) => (one instanceof Map ? withCollation(one, collation) : one)),
  );
}

function withCollation(document: BsonDocument, collation: Value): BsonDocument {
  const given = document.get('collation') ?? undefined;
  const isGiven = given !== undefined && !(given instanceof Map && given.size === 0);
  return isGiven ? document : new Map(document).set('collation', collation);
}

/** Undefined for views, whose own collation goes with their pipeline. */
function collationOfCollection(target: MaybeValue, context: Context): MaybeValue {
  if (typeof target !== 'string') return undefined;
  const { engine, database } = context;
  const namespace = { database, collection: target };
  const operation = context.operation();
  if (engine.getView(operation, namespace)) return undefined;
  return engine.getCollection(operation, namespace)?.options.get('collation');
}
