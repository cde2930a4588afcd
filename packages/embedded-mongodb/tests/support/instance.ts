import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type Db, type MongoClientOptions } from 'mongodb';
import { startInstance, type Instance, type InstanceOptions } from '../../src/instance';

/** A running engine in a folder of its own, with one connected client. */
export interface TestInstance {
  readonly dataDir: string;
  readonly instance: Instance;
  readonly client: MongoClient;
  readonly database: Db;
  /** Faults that the server reported; a healthy run has none. */
  readonly faults: Error[];
  connect(options?: MongoClientOptions): Promise<MongoClient>;
  /** Stops everything; throws the first fault that was reported. */
  close(): Promise<void>;
}

/** Starts the engine in this process (no worker), so that tests run the sources. */
export async function startTestInstance(
  options: Partial<InstanceOptions> = {},
): Promise<TestInstance> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'emdb-test-')));
  const faults: Error[] = [];
  const instance = await startInstance({ ...options, dataDir }, (error) => faults.push(error));
  const clients: MongoClient[] = [];
  const connect = async (clientOptions: MongoClientOptions = {}): Promise<MongoClient> => {
    const client = new MongoClient(instance.uri, clientOptions);
    clients.push(client);
    return client.connect();
  };
  const client = await connect();
  return {
    dataDir,
    instance,
    client,
    database: client.db('test'),
    faults,
    connect,
    close: async () => {
      await Promise.all(clients.map((open) => open.close()));
      await instance.stop();
      await rm(dataDir, { recursive: true, force: true });
      if (faults[0]) throw faults[0];
    },
  };
}
