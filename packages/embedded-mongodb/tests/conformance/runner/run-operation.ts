import { AssertionError } from 'node:assert';
import {
  AbstractCursor,
  ClientSession,
  Collection,
  Db,
  GridFSBucket,
  MongoClient,
  type Document,
} from 'mongodb';
import { bucketOperations } from './bucket-operations';
import { collectionOperations, databaseOperations } from './collection-operations';
import { concernOptions } from './entities';
import { checkError } from './expect-error';
import { Matcher, Mismatch } from './match';
import type { OperationTable } from './operation';
import type { OperationDescription } from './schema';
import { specialOperations, withTransaction, type TestRunnerContext } from './special-operations';

const clientOperations: OperationTable<MongoClient> = {
  listDatabases: async (client, options) =>
    (await client.db('admin').admin().listDatabases(options)).databases,
  listDatabaseNames: async (client, options) => {
    const { databases } = await client.db('admin').admin().listDatabases(options);
    return databases.map(({ name }) => name);
  },
  close: (client) => client.close(),
};

const cursorOperations: OperationTable<AbstractCursor> = {
  iterateUntilDocumentOrError: (cursor) => cursor.next(),
  iterateOnce: (cursor) => cursor.tryNext(),
  close: (cursor) => cursor.close(),
};

const sessionOperations: OperationTable<ClientSession> = {
  startTransaction: (session, options) => session.startTransaction(concernOptions(options)),
  commitTransaction: (session) => session.commitTransaction(),
  abortTransaction: (session) => session.abortTransaction(),
  endSession: (session) => session.endSession(),
};

/**
 * Runs one operation of a test and holds its outcome to what the test expects.
 * @returns the error that the operation failed with as expected
 */
export async function runOperation(
  context: TestRunnerContext,
  operation: OperationDescription,
): Promise<Error | undefined> {
  if (operation.object === 'testRunner') {
    const special = specialOperations[operation.name];
    if (!special) throw new Error(`Unsupported operation testRunner.${operation.name}`);
    await special(context, operation.arguments ?? {});
    return undefined;
  }
  const action = bindOperation(context, operation);
  let result: unknown;
  try {
    result = await action();
  } catch (error) {
    checkFailure(context, operation, error);
    return error instanceof Error ? error : undefined;
  }
  checkSuccess(context, operation, result);
  return undefined;
}

function checkFailure(
  { entities }: TestRunnerContext,
  operation: OperationDescription,
  error: unknown,
): void {
  if (operation.ignoreResultAndError) return;
  // A failed check inside a transaction's callback is not the error that the test waits for.
  const isOfTheRunner = error instanceof Mismatch || error instanceof AssertionError;
  const { expectError } = operation;
  if (!expectError || isOfTheRunner || !(error instanceof Error)) throw error;
  checkError(error, expectError, new Matcher(entities));
}

function checkSuccess(
  { entities }: TestRunnerContext,
  operation: OperationDescription,
  result: unknown,
): void {
  if (operation.ignoreResultAndError) return;
  if (operation.expectError) {
    throw new AssertionError({ message: `${operation.name} succeeded but should have failed` });
  }
  if (operation.expectResult !== undefined) {
    new Matcher(entities).match(result, operation.expectResult);
  }
  const { saveResultAsEntity } = operation;
  if (saveResultAsEntity === undefined) return;
  if (result instanceof AbstractCursor) entities.saveCursor(saveResultAsEntity, result);
  else entities.saveResult(saveResultAsEntity, result);
}

/** @throws Error for operations that this runner does not know, before anything is sent. */
function bindOperation(
  context: TestRunnerContext,
  operation: OperationDescription,
): () => Promise<unknown> {
  const { name, object } = operation;
  const target = context.entities.find(object);
  if (target instanceof ClientSession && name === 'withTransaction') {
    return () =>
      withTransaction(target, operation.arguments ?? {}, async (operations) => {
        for (const nested of operations) {
          const error = await runOperation(context, nested);
          // The callback passes errors on, also expected ones: the driver decides by them.
          if (error !== undefined) throw error;
        }
      });
  }
  const options = driverOptions(context, operation.arguments ?? {});
  const found =
    bind(target, Collection, collectionOperations[name]) ??
    bind(target, Db, databaseOperations[name]) ??
    bind(target, MongoClient, clientOperations[name]) ??
    bind(target, AbstractCursor, cursorOperations[name]) ??
    bind(target, ClientSession, sessionOperations[name]) ??
    bind(target, GridFSBucket, bucketOperations[name]);
  if (!found) throw new Error(`Unsupported operation ${object}.${name}`);
  return async () => found(options);
}

function bind<Target>(
  target: unknown,
  kind: abstract new (...parameters: never[]) => Target,
  run: ((target: Target, options: Document) => unknown) | undefined,
): ((options: Document) => unknown) | undefined {
  if (!run || !(target instanceof kind)) return undefined;
  return (options) => run(target, options);
}

/** Arguments with sessions and concerns in place of their names and plain documents. */
function driverOptions({ entities }: TestRunnerContext, given: Document): Document {
  const options = concernOptions(given);
  if (typeof options.session === 'string') options.session = entities.session(options.session);
  return options;
}
