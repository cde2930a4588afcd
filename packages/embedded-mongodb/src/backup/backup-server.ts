import { randomUUID } from 'node:crypto';
import { UUID } from 'bson';
import { MongoServerError } from '../errors';
import { isNumeric, toDouble } from '../values/numbers';
import { decodeDocument } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import { BackupError } from './backup-error';
import { authenticate } from './scram';
import {
  parseConnectionString,
  parseHostAndPort,
  type ConnectionString,
  type ServerAddress,
  type TlsSettings,
} from './connection-string';
import type { CursorReply } from './cursor-reply';
import { isDatabaseName } from './dump-names';
import { WireClient, type DocumentSequence } from './wire-client';

/** MongoDB 5.0, the first whose find takes read concern "snapshot" outside of transactions. */
const SNAPSHOT_WIRE_VERSION = 13;
/** MongoDB 3.6, the first with OP_MSG and sessions. */
const OLDEST_WIRE_VERSION = 6;
const READ_PREFERENCE = { mode: 'primaryPreferred' };

/** What listCollections says of one collection or view. */
export interface ListedCollection {
  readonly name: string;
  readonly type: string;
  readonly options: BsonDocument;
  readonly uuid?: string;
}

/** A running server as dump and restore see it: one connection and one session. */
export class BackupServer {
  private readonly lsid = { id: new UUID(randomUUID()) };

  private constructor(
    private readonly client: WireClient,
    private readonly hello: BsonDocument,
    /** The embedded engine keeps nothing of its own in any database. */
    readonly isEmbedded: boolean,
  ) {}

  /**
   * Connects to the primary of the set that the connection string names, or to the server itself.
   * @throws BackupError when none can be reached, MongoServerError when the login fails.
   */
  static async connect(uri: string): Promise<BackupServer> {
    const target = parseConnectionString(uri);
    const first = await connectToAny(target);
    const primary = first.hello.get('primary');
    if (target.directConnection || isWritable(first.hello) || typeof primary !== 'string') {
      return BackupServer.login(first, target);
    }
    first.client.close();
    return BackupServer.login(await greet(parseHostAndPort(primary), target.tls), target);
  }

  private static async login(
    { client, hello }: Greeted,
    { credentials }: ConnectionString,
  ): Promise<BackupServer> {
    const version = numberIn(hello, 'maxWireVersion');
    try {
      if (version < OLDEST_WIRE_VERSION)
        throw new BackupError('the server is older than MongoDB 3.6');
      if (credentials) await authenticate(client, credentials);
      const build = await client.command('admin', { buildInfo: 1 });
      return new BackupServer(client, hello, build.get('gitVersion') === 'embedded-mongodb');
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Whether one point in time can be read across collections: replica sets and sharded clusters. */
  get readsSnapshots(): boolean {
    const isSet = this.hello.has('setName') || this.hello.get('msg') === 'isdbgrid';
    return isSet && numberIn(this.hello, 'maxWireVersion') >= SNAPSHOT_WIRE_VERSION;
  }

  get isWritable(): boolean {
    return isWritable(this.hello);
  }

  /** As WireClient.command, in the session. */
  async command(
    database: string,
    command: Readonly<Record<string, unknown>>,
    sequence?: DocumentSequence,
  ): Promise<BsonDocument> {
    return this.client.command(database, { ...command, lsid: this.lsid }, sequence);
  }

  /** As WireClient.cursorCommand, in the session; reads a secondary too when it is dialled directly. */
  async cursorCommand(
    database: string,
    command: Readonly<Record<string, unknown>>,
  ): Promise<CursorReply> {
    return this.client.cursorCommand(database, { ...command, ...this.readFields() });
  }

  async listDatabases(): Promise<string[]> {
    const reply = await this.client.command('admin', {
      listDatabases: 1,
      nameOnly: true,
      ...this.readFields(),
    });
    const databases = reply.get('databases');
    return (Array.isArray(databases) ? databases : []).map((entry) => {
      const name = entry instanceof Map ? entry.get('name') : undefined;
      if (typeof name === 'string' && isDatabaseName(name)) return name;
      throw new BackupError('the server lists a database without a proper name');
    });
  }

  async listCollections(database: string): Promise<ListedCollection[]> {
    const documents = await this.readAll(database, '$cmd.listCollections', {
      listCollections: 1,
      cursor: {},
    });
    return documents.map(describeCollection);
  }

  async listIndexes(database: string, collection: string): Promise<BsonDocument[]> {
    return this.readAll(database, collection, { listIndexes: collection, cursor: {} });
  }

  /** How many documents the catalog says there are: exact only while nobody writes. */
  async countDocuments(database: string, collection: string): Promise<number> {
    const reply = await this.client.command(database, { count: collection, ...this.readFields() });
    return numberIn(reply, 'n');
  }

  /** Ends the session, which also ends its cursors, and the connection. */
  async close(): Promise<void> {
    try {
      await this.client.command('admin', { endSessions: [this.lsid] });
    } catch (error) {
      // Nothing is lost: a server ends forgotten sessions by itself.
      if (!(error instanceof BackupError || error instanceof MongoServerError)) throw error;
    } finally {
      this.client.close();
    }
  }

  /** Cuts the connection: what runs fails with `reason`. */
  abort(reason: Error): void {
    this.client.destroy(reason);
  }

  private async readAll(
    database: string,
    collection: string,
    command: Readonly<Record<string, unknown>>,
  ): Promise<BsonDocument[]> {
    const documents: BsonDocument[] = [];
    let reply = await this.cursorCommand(database, command);
    for (;;) {
      for (const bytes of reply.documents) documents.push(decodeDocument(bytes));
      if (reply.id.isZero()) return documents;
      reply = await this.cursorCommand(database, { getMore: reply.id, collection });
    }
  }

  private readFields(): Readonly<Record<string, unknown>> {
    return { lsid: this.lsid, $readPreference: READ_PREFERENCE };
  }
}

interface Greeted {
  readonly client: WireClient;
  readonly hello: BsonDocument;
}

async function connectToAny({ addresses, tls }: ConnectionString): Promise<Greeted> {
  let failure: unknown;
  for (const address of addresses) {
    try {
      return await greet(address, tls);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function greet(address: ServerAddress, tls: TlsSettings | undefined): Promise<Greeted> {
  const client = await WireClient.connect(address, tls);
  try {
    return { client, hello: await client.command('admin', { hello: 1 }) };
  } catch (error) {
    client.close();
    throw error;
  }
}

function isWritable(hello: BsonDocument): boolean {
  return hello.get('isWritablePrimary') === true;
}

function describeCollection(document: BsonDocument): ListedCollection {
  const name = document.get('name');
  const type = document.get('type');
  const options = document.get('options');
  const info = document.get('info');
  const uuid = info instanceof Map ? info.get('uuid') : undefined;
  if (typeof name !== 'string')
    throw new BackupError('the server lists a collection without a name');
  return {
    name,
    type: typeof type === 'string' ? type : 'collection',
    options: options instanceof Map ? options : new Map<string, Value>(),
    ...(isBytes(uuid) && { uuid: Buffer.from(uuid.buffer).toString('hex') }),
  };
}

function isBytes(value: unknown): value is { buffer: Uint8Array } {
  return (value as { buffer?: unknown } | undefined)?.buffer instanceof Uint8Array;
}

/** A number of a reply; 0 when the field is missing. */
function numberIn(reply: BsonDocument, field: string): number {
  const value = reply.get(field);
  return isNumeric(value) ? toDouble(value) : 0;
}
