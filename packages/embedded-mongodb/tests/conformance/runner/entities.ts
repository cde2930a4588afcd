import {
  type Collection,
  type Db,
  GridFSBucket,
  MongoClient,
  ReadConcern,
  ReadPreference,
  WriteConcern,
  type AbstractCursor,
  type ClientSession,
  type Document,
  type ReadPreferenceMode,
} from 'mongodb';
import { EventRecorder } from './events';
import type { ClientDescription, EntityDescription } from './schema';

/** The named things of one test: clients, databases, collections, sessions, cursors and results. */
export class Entities {
  readonly recorders = new Map<string, EventRecorder>();
  /** Session ids outlive their sessions, because events are checked after all have ended. */
  readonly sessionIds = new Map<string, Document>();
  private readonly clients = new Map<string, MongoClient>();
  private readonly databases = new Map<string, Db>();
  private readonly collections = new Map<string, Collection>();
  private readonly sessions = new Map<string, ClientSession>();
  private readonly buckets = new Map<string, GridFSBucket>();
  private readonly cursors = new Map<string, AbstractCursor>();
  private readonly results = new Map<string, unknown>();

  constructor(private readonly uri: string) {}

  async create(descriptions: readonly EntityDescription[]): Promise<void> {
    for (const { client, database, collection, session, bucket, ...others } of descriptions) {
      if (client) await this.createClient(client);
      else if (database) {
        const options = concernOptions(database.databaseOptions);
        const created = this.client(database.client).db(database.databaseName, options);
        this.databases.set(database.id, created);
      } else if (collection) {
        const options = concernOptions(collection.collectionOptions);
        const created = this.database(collection.database).collection(
          collection.collectionName,
          options,
        );
        this.collections.set(collection.id, created);
      } else if (session) {
        const options = sessionOptions(session.sessionOptions);
        const created = this.client(session.client).startSession(options);
        this.sessions.set(session.id, created);
        if (created.id) this.sessionIds.set(session.id, created.id);
      } else if (bucket) {
        const options = concernOptions(bucket.bucketOptions);
        this.buckets.set(bucket.id, new GridFSBucket(this.database(bucket.database), options));
      } else throw new Error(`Unsupported entity: ${Object.keys(others).join()}`);
    }
  }

  client(id: string): MongoClient {
    return required(this.clients, id);
  }

  database(id: string): Db {
    return required(this.databases, id);
  }

  collection(id: string): Collection {
    return required(this.collections, id);
  }

  session(id: string): ClientSession {
    return required(this.sessions, id);
  }

  cursor(id: string): AbstractCursor {
    return required(this.cursors, id);
  }

  recorder(id: string): EventRecorder {
    return required(this.recorders, id);
  }

  /** Whatever bears this name; results of operations included. */
  find(id: string): unknown {
    return (
      this.clients.get(id) ??
      this.databases.get(id) ??
      this.collections.get(id) ??
      this.sessions.get(id) ??
      this.buckets.get(id) ??
      this.cursors.get(id) ??
      this.results.get(id)
    );
  }

  saveResult(id: string, result: unknown): void {
    this.results.set(id, result);
  }

  saveCursor(id: string, cursor: AbstractCursor): void {
    this.cursors.set(id, cursor);
  }

  async endSessions(): Promise<void> {
    for (const cursor of this.cursors.values()) await cursor.close();
    for (const session of this.sessions.values()) await session.endSession();
  }

  async close(): Promise<void> {
    for (const recorder of this.recorders.values()) recorder.stop();
    for (const client of this.clients.values()) await client.close();
  }

  private async createClient(description: ClientDescription): Promise<void> {
    const uri = new URL(this.uri);
    for (const [name, value] of Object.entries(description.uriOptions ?? {})) {
      uri.searchParams.set(name, String(value));
    }
    const { serverApi } = description;
    const client = new MongoClient(uri.href, {
      monitorCommands: true,
      serverSelectionTimeoutMS: 60_000,
      // After a lost connection the driver looks again; half a second a time would add up.
      minHeartbeatFrequencyMS: 20,
      ...(serverApi && {
        serverApi: {
          version: serverApi.version,
          strict: serverApi.strict,
          deprecationErrors: serverApi.deprecationErrors,
        },
      }),
    });
    const recorder = new EventRecorder(description);
    recorder.observe(client);
    this.clients.set(description.id, client);
    this.recorders.set(description.id, recorder);
    await client.connect();
  }
}

/** Read and write concerns and read preferences of test files as the driver's options. */
export function concernOptions(options: Document = {}): Document {
  const { readConcern, writeConcern, readPreference, ...others } = options;
  return {
    ...others,
    ...(readConcern && { readConcern: ReadConcern.fromOptions({ readConcern }) }),
    ...(writeConcern && { writeConcern: WriteConcern.fromOptions({ writeConcern }) }),
    ...(readPreference && {
      readPreference: new ReadPreference(
        readPreference.mode as ReadPreferenceMode,
        readPreference.tagSets,
        readPreference.maxStalenessSeconds === undefined
          ? undefined
          : { maxStalenessSeconds: readPreference.maxStalenessSeconds },
      ),
    }),
  };
}

function sessionOptions(options: Document = {}): Document {
  const { defaultTransactionOptions, ...others } = options;
  return {
    ...others,
    ...(defaultTransactionOptions && {
      defaultTransactionOptions: concernOptions(defaultTransactionOptions),
    }),
  };
}

function required<T>(entities: ReadonlyMap<string, T>, id: string): T {
  const entity = entities.get(id);
  if (entity === undefined) throw new Error(`No such entity of the expected kind: ${id}`);
  return entity;
}
