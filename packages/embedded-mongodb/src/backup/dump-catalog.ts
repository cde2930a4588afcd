import { setTimeout as delay } from 'node:timers/promises';
import type { Long, Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';
import { BackupError } from './backup-error';
import type { BackupServer, ListedCollection } from './backup-server';
import { isServerCollection } from './dump-names';
import { toExtendedJson } from './extended-json';

/** A collection that is about to be dumped, with an open cursor over its documents. */
export interface OpenCollection {
  readonly database: string;
  readonly collection: string;
  /** What goes into its metadata file, as canonical Extended JSON. */
  readonly metadata: string;
  /** undefined for a view, which has no documents of its own; zero when it is already at its end. */
  readonly cursorId?: Long;
}

interface Described {
  readonly database: string;
  readonly listed: ListedCollection;
  readonly metadata: string;
}

const ATTEMPTS = 10;
const PAUSE_MS = 100;
/** Collections or indexes were changed after the point in time that was to be read. */
const SNAPSHOT_ERRORS = new Set([239, 246]);
/** The server's own: what belongs to this member, and the state of its sessions and shards. */
const SERVER_DATABASES = new Set(['local', 'config']);

/**
 * Opens a cursor over each collection, all of them reading one state (`snapshot`). The catalog itself
 * cannot be read as of a time, so it is read before and after: when both are the same, it is the
 * catalog of that state, and every cursor was opened on the collection that it is said to be.
 * @throws BackupError when collections keep being changed, or for a time-series collection.
 */
export async function openCollections(
  server: BackupServer,
  snapshot: boolean,
): Promise<OpenCollection[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const before = await describeAll(server);
    const opened = await openAll(server, before, snapshot);
    if (opened && sameCatalog(before, await describeAll(server))) return opened;
    if (opened) await closeAll(server, opened);
    await delay(attempt * PAUSE_MS);
  }
  throw new BackupError(
    'collections or indexes kept being changed while the dump began; try again',
  );
}

async function describeAll(server: BackupServer): Promise<Described[]> {
  const described: Described[] = [];
  for (const database of await server.listDatabases()) {
    if (!server.isEmbedded && SERVER_DATABASES.has(database)) continue;
    for (const listed of await server.listCollections(database)) {
      if (isServerCollection(listed.name)) continue;
      if (listed.type === 'timeseries') {
        throw new BackupError(
          `${database}.${listed.name} is a time-series collection: dump it with mongodump`,
        );
      }
      described.push({ database, listed, metadata: await metadataOf(server, database, listed) });
    }
  }
  return described;
}

async function metadataOf(
  server: BackupServer,
  database: string,
  listed: ListedCollection,
): Promise<string> {
  const indexes = listed.type === 'view' ? [] : await indexesOf(server, database, listed.name);
  const fields: [string, Value][] = [
    ['options', listed.options],
    ['indexes', indexes],
  ];
  if (listed.uuid !== undefined) fields.push(['uuid', listed.uuid]);
  fields.push(['collectionName', listed.name], ['type', listed.type]);
  return toExtendedJson(new Map(fields));
}

/** A collection that is dropped just now has none; the second look at the catalog notices it. */
async function indexesOf(
  server: BackupServer,
  database: string,
  collection: string,
): Promise<BsonDocument[]> {
  try {
    return await server.listIndexes(database, collection);
  } catch (error) {
    if (error instanceof MongoServerError && error.codeName === 'NamespaceNotFound') return [];
    throw error;
  }
}

/** undefined when the state that was chosen cannot be read for all of them. */
async function openAll(
  server: BackupServer,
  described: readonly Described[],
  snapshot: boolean,
): Promise<OpenCollection[] | undefined> {
  const opened: OpenCollection[] = [];
  let atClusterTime: Timestamp | undefined;
  try {
    for (const { database, listed, metadata } of described) {
      const common = { database, collection: listed.name, metadata };
      if (listed.type === 'view') {
        opened.push(common);
        continue;
      }
      const reply = await server.cursorCommand(database, {
        find: listed.name,
        batchSize: 0,
        noCursorTimeout: true,
        ...(snapshot && {
          readConcern: { level: 'snapshot', ...(atClusterTime && { atClusterTime }) },
        }),
      });
      atClusterTime ??= reply.atClusterTime;
      if (snapshot && !atClusterTime) {
        throw new BackupError('the server does not say which point in time it reads');
      }
      opened.push({ ...common, cursorId: reply.id });
    }
    return opened;
  } catch (error) {
    if (!(error instanceof MongoServerError) || !SNAPSHOT_ERRORS.has(error.code)) throw error;
    await closeAll(server, opened);
    return undefined;
  }
}

async function closeAll(server: BackupServer, opened: readonly OpenCollection[]): Promise<void> {
  for (const { database, collection, cursorId } of opened) {
    if (cursorId === undefined || cursorId.isZero()) continue;
    await server.command(database, { killCursors: collection, cursors: [cursorId] });
  }
}

function sameCatalog(before: readonly Described[], after: readonly Described[]): boolean {
  return (
    before.length === after.length &&
    before.every(
      ({ database, metadata }, index) =>
        after[index]?.database === database && after[index].metadata === metadata,
    )
  );
}
