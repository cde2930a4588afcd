import { Int32 } from 'bson';
import { MongoServerError } from '../errors';
import type { CollectionInfo, OperationContext } from '../storage/types';
import { validationSteps, type Validation } from '../storage/validate';
import type { Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import { reply, type CommandDefinition, type Invocation } from './command';
import { formatNamespace, namespaceOf } from './namespaces';

/** `validate`: checks every document and index entry of a collection against each other. */
async function validate(invocation: Invocation): Promise<CommandReply> {
  const { arguments: parsed, operation, server } = invocation;
  const namespace = namespaceOf(invocation.database, parsed);
  const collection = server.engine.getCollection(operation, namespace);
  if (!collection) {
    throw new MongoServerError(
      'NamespaceNotFound',
      `Collection '${formatNamespace(namespace)}' does not exist to validate.`,
    );
  }
  const validation = await check(operation, collection);
  const keysPerIndex = new Map<string, Value>(
    [...validation.keysPerIndex].map(([name, keys]) => [name, new Int32(keys)]),
  );
  return reply([
    ['ns', formatNamespace(namespace)],
    ['uuid', collection.uuid],
    ['nInvalidDocuments', new Int32(0)],
    ['nNonCompliantDocuments', new Int32(validation.nonCompliant)],
    ['nrecords', new Int32(validation.records)],
    ['nIndexes', new Int32(collection.indexes.length)],
    ['keysPerIndex', keysPerIndex],
    ['valid', validation.errors.length === 0],
    ['repaired', false],
    ['warnings', validation.nonCompliant > 0 ? [NOT_COMPLIANT] : []],
    ['errors', [...validation.errors]],
  ]);
}

const NOT_COMPLIANT = "Detected one or more documents not compliant with the collection's schema.";

/** In one snapshot, giving way to other commands. */
async function check(operation: OperationContext, collection: CollectionInfo): Promise<Validation> {
  const steps = validationSteps(operation.reader(), collection);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await operation.yieldPoint();
  }
}

export const validateCommands: readonly CommandDefinition[] = [
  {
    name: 'validate',
    fields: ['full', 'repair', 'metadata', 'checkBSONConformance'],
    run: validate,
  },
];
