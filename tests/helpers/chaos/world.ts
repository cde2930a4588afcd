import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient, type Db } from 'mongodb';
import { startServerProcess, type ServerProcess } from '../server-process';

/** A server that is shot and started again, always at the same address and on the same data. */
export class ChaosServer {
  readonly pids: number[] = [];
  private current: ServerProcess | undefined;
  private booting: Promise<void> = Promise.resolve();

  private constructor(
    readonly port: number,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @param environment has DATA_DIR, on the embedded database */
  static async start(environment: Readonly<Record<string, string>>): Promise<ChaosServer> {
    const server = new ChaosServer(await freePort(), environment);
    await server.boot();
    return server;
  }

  /** Resolves once it serves, unless it is shot again. */
  isUp(): Promise<void> {
    return this.booting;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Ends it as a power cut would, and starts it again. */
  async shoot(): Promise<void> {
    await this.kill();
    this.booting = this.boot();
    await this.booting;
  }

  /** The process is not run for a while, as on a machine that swaps. */
  async freeze(milliseconds: number): Promise<void> {
    this.current?.child.kill('SIGSTOP');
    await pause(milliseconds);
    this.current?.child.kill('SIGCONT');
  }

  async withDatabase<Result>(act: (database: Db) => Promise<Result>): Promise<Result> {
    const socket = path.join(this.environment.DATA_DIR ?? '', 'db', 'socket', 'mongodb.sock');
    const uri = `mongodb://${encodeURIComponent(socket)}/?directConnection=true`;
    const client = await MongoClient.connect(uri);
    try {
      return await act(client.db('videotube'));
    } finally {
      await client.close();
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.kill(signal);
  }

  private async boot(): Promise<void> {
    this.current = startServerProcess({ ...this.environment, PORT: String(this.port) });
    this.pids.push(this.current.child.pid ?? 0);
    await this.current.ready();
  }

  private async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { current } = this;
    if (!current) return;
    current.child.kill(signal);
    await current.exited();
    this.current = undefined;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
