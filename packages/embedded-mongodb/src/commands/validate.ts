import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import { validateCollection } from '../storage/validate';
import type { Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import { reply, type CommandDefinition, type Invocation } from './command';
import { formatNamespace, namespaceOf } from './namespaces';

/** `validate`: checks every document and index entry of a collection against each other. */
function validate(invocation: Invocation): CommandReply {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const collection = server.engine.getCollection(operation, namespace);
  if (!collection) {
    throw new MongoServerError(
      'NamespaceNotFound',
      `Collection '${formatNamespace(namespace)}' does not exist to validate.`,
    );
  }
  const validation = validateCollection(operation.reader(), collection);
  const keysPerIndex = new Map<string, Value>(
    [...validation.keysPerIndex].map(([name, keys]) => [name, new Int32(keys)]),
  );
  return reply([
    ['ns', formatNamespace(namespace)],
    ['nrecords', new Int32(validation.records)],
    ['nIndexes', new Int32(collection.indexes.length)],
    ['keysPerIndex', keysPerIndex],
    ['valid', validation.errors.length === 0],
    ['warnings', []],
    ['errors', [...validation.errors]],
  ]);
}

export const validateCommands: readonly CommandDefinition[] = [
  {
    name: 'validate',
    fields: ['full', 'repair', 'metadata', 'checkBSONConformance'],
    run: validate,
  },
];
