import { connectionString, prepareAddress } from './listen-address';
import { startServer } from './server';
import { openEngine } from './engine';
import { ScratchFolder } from './spill/scratch-folder';

/** Where the data lies and how to reach it; everything but `dataDir` has a default. */
export interface InstanceOptions {
  /** Folder of the data; made (mode 0700) when it does not exist. One process at a time may use it. */
  readonly dataDir: string;
  /** Listen on TCP instead of a Unix domain socket. Port 0 picks a free one; host is 127.0.0.1. */
  readonly listen?: { readonly port: number; readonly host?: string };
  /** Milliseconds between two sweeps of TTL indexes. Default 60 000, as MongoDB. */
  readonly ttlIntervalMs?: number;
  /** Allow `configureFailPoint` (fault injection), as mongod's enableTestCommands. Default true. */
  readonly testCommands?: boolean;
}

export interface Instance {
  readonly uri: string;
  stop(): Promise<void>;
}

/** Opens the engine and serves it in this thread. Used by the worker and by the command line. */
export async function startInstance(
  options: InstanceOptions,
  onFault: (error: Error) => void,
): Promise<Instance> {
  const { dataDir, ttlIntervalMs } = options;
  const engine = await openEngine({
    dataDir,
    ...(ttlIntervalMs !== undefined && { ttlIntervalMs }),
  });
  try {
    const scratch = new ScratchFolder(dataDir);
    await scratch.clear();
    const prepared = await prepareAddress(dataDir, options.listen);
    const server = await startServer({
      engine,
      dataDir,
      scratch,
      listen: prepared.address,
      testCommands: options.testCommands ?? true,
      onFault,
    });
    return {
      uri: connectionString(server.address),
      stop: async () => {
        await server.stop();
        await engine.close();
        await prepared.cleanUp();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
