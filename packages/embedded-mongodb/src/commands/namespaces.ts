import { MongoServerError } from '../errors';
import type { Namespace } from '../storage/types';
import { isUuid, type CommandArguments } from './arguments';
import { bsonTypeName } from '../values/compare';

const MAX_DATABASE_NAME_BYTES = 63;
const MAX_NAMESPACE_BYTES = 255;
// Not allowed in database names on any platform (manual: "Naming Restrictions"); a dot ends the name.
const FORBIDDEN_IN_DATABASE_NAME = /[/\\. "$\0]/;

/** @throws MongoServerError InvalidNamespace in the server's words. */
export function assertDatabaseName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > MAX_DATABASE_NAME_BYTES || FORBIDDEN_IN_DATABASE_NAME.test(name)) {
    if (name !== '$external') {
      throw new MongoServerError('InvalidNamespace', `Invalid database name: '${name}'`);
    }
  }
}

/** `database.collection` as the server prints it. */
export function formatNamespace(namespace: Namespace): string {
  return `${namespace.database}.${namespace.collection}`;
}

/**
 * The namespace that a command's first field names.
 * @throws MongoServerError InvalidNamespace for a name that cannot be a collection.
 */
export function namespaceOf(database: string, parsed: CommandArguments): Namespace {
  const value = parsed.body.get(parsed.command);
  if (isUuid(value)) {
    throw new MongoServerError(
      'NotImplemented',
      'addressing a collection by UUID is not supported',
    );
  }
  if (typeof value !== 'string') {
    throw new MongoServerError(
      'InvalidNamespace',
      `collection name has invalid type ${bsonTypeName(value)}`,
    );
  }
  return collectionNamespace(database, value);
}

/** @throws MongoServerError InvalidNamespace when the parts make no valid namespace. */
export function collectionNamespace(database: string, collection: string): Namespace {
  if (!isValidCollectionName(collection)) {
    throw new MongoServerError(
      'InvalidNamespace',
      `Invalid namespace specified '${database}.${collection}'`,
    );
  }
  if (Buffer.byteLength(database) + 1 + Buffer.byteLength(collection) > MAX_NAMESPACE_BYTES) {
    throw new MongoServerError(
      'InvalidNamespace',
      `Fully qualified namespace is too long. Namespace: ${database}.${collection} Max: ${MAX_NAMESPACE_BYTES}`,
    );
  }
  return { database, collection };
}

/** Splits `database.collection` at the first dot, as renameCollection's arguments need it. */
export function parseNamespace(text: string): Namespace {
  const dot = text.indexOf('.');
  if (dot <= 0) {
    throw new MongoServerError('InvalidNamespace', `Invalid namespace specified '${text}'`);
  }
  assertDatabaseName(text.slice(0, dot));
  return collectionNamespace(text.slice(0, dot), text.slice(dot + 1));
}

function isValidCollectionName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !name.includes('\0') && !name.includes('$');
}
