import { createServer, type Server, type Socket } from 'node:net';
import { CommandDispatcher } from './commands/dispatcher';
import type { ClientState, ServerState } from './commands/command';
import { FailPoints } from './commands/fail-points';
import { ClusterClock } from './session/cluster-clock';
import { CursorRegistry } from './session/cursors';
import { SessionRegistry, type LogicalSession } from './session/logical-sessions';
import { SnapshotHistory } from './session/snapshot-history';
import { Transactions } from './session/transactions';
import type { ScratchFolder } from './spill/scratch-folder';
import type { Engine } from './storage/engine';
import { WireConnection } from './wire/connection';

/** How long a stopping server waits for the commands that are running. */
const DRAIN_MS = 5_000;
const SWEEP_INTERVAL_MS = 1_000;

/** A Unix domain socket, or a TCP port (0 picks a free one). */
export type ListenAddress =
  { readonly socketPath: string } | { readonly host: string; readonly port: number };

export interface ServerOptions {
  readonly engine: Engine;
  readonly listen: ListenAddress;
  readonly dataDir: string;
  readonly scratch: ScratchFolder;
  /** Allow `configureFailPoint`, as mongod's enableTestCommands. */
  readonly testCommands: boolean;
  /** Told of programming faults, which never stop the server. */
  readonly onFault: (error: Error) => void;
}

export interface RunningServer {
  /** Where it listens, with the port that was really bound. */
  readonly address: ListenAddress;
  /** Refuses new clients, lets running commands finish (up to 5 s), frees cursors and sessions. */
  stop(): Promise<void>;
}

/**
 * Serves an open engine on one address.
 * @throws the system's error (EADDRINUSE, EACCES…) when it cannot listen there.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const state = createState(options);
  const dispatcher = new CommandDispatcher(state);
  const connections = new Set<WireConnection>();
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = accept(socket, state, dispatcher, options);
    connections.add(connection);
    connection.onClose(() => {
      connections.delete(connection);
      state.metrics.connectionsCurrent -= 1;
    });
  });
  await listen(server, options.listen);
  const sweeper = startSweeper(state, options.onFault);
  return {
    address: boundAddress(server, options.listen),
    stop: async () => {
      clearInterval(sweeper);
      state.sessions.forEach((session) => state.transactions.abandon(session));
      await drain(server, connections, state);
      // Sessions are not ended: their retryable writes are to be recognised after a restart.
      state.sessions.forEach((session) => state.transactions.abort(session));
      await state.cursors.killWhere(() => true);
      state.snapshots.close();
    },
  };
}

function createState(options: ServerOptions): ServerState {
  const { engine, onFault } = options;
  const cursors = new CursorRegistry();
  const transactions = new Transactions(engine, cursors, onFault);
  const sessionEnded = (session: LogicalSession): void => {
    transactions.endSession(session);
    cursors.killWhere((cursor) => cursor.options.session === session).catch(onFault);
    engine.forgetSession(session.key).catch(onFault);
  };
  return {
    engine,
    clock: new ClusterClock(),
    sessions: new SessionRegistry({ sessionEnded }),
    transactions,
    cursors,
    snapshots: new SnapshotHistory(),
    onFault,
    running: new Set(),
    failPoints: new FailPoints(options.testCommands),
    scratch: options.scratch,
    startedAt: new Date(),
    dataDir: options.dataDir,
    advertisedHost: 'socketPath' in options.listen ? options.listen.socketPath : '',
    metrics: { commands: 0, connectionsCreated: 0, connectionsCurrent: 0 },
  };
}

function accept(
  socket: Socket,
  state: ServerState,
  dispatcher: CommandDispatcher,
  options: ServerOptions,
): WireConnection {
  state.metrics.connectionsCreated += 1;
  state.metrics.connectionsCurrent += 1;
  const client: ClientState = {
    connectionId: state.metrics.connectionsCreated,
    host: state.advertisedHost || formatHost(socket.localAddress, socket.localPort),
    remote: socket.remoteAddress
      ? formatHost(socket.remoteAddress, socket.remotePort)
      : 'anonymous unix socket:0',
    isGone: () => socket.destroyed || socket.readableEnded,
    disconnect: () => socket.destroy(),
  };
  return new WireConnection(
    client.connectionId,
    socket,
    (request) => dispatcher.answer(request, client),
    options.onFault,
  );
}

function formatHost(address = '', port = 0): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

async function listen(server: Server, address: ListenAddress): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const done = (): void => {
      server.off('error', reject);
      resolve();
    };
    if ('socketPath' in address) server.listen(address.socketPath, done);
    else server.listen(address.port, address.host, done);
  });
}

function boundAddress(server: Server, requested: ListenAddress): ListenAddress {
  const bound = server.address();
  return bound && typeof bound === 'object' ? { host: bound.address, port: bound.port } : requested;
}

function startSweeper(state: ServerState, onFault: (error: Error) => void): NodeJS.Timeout {
  const sweep = (): void => {
    state.sessions.sweep((session) => state.transactions.expire(session));
    state.snapshots.sweep();
    state.cursors.sweep().catch(onFault);
  };
  return setInterval(sweep, SWEEP_INTERVAL_MS).unref();
}

/** Lets running commands finish; after the deadline they are interrupted and cut off. */
async function drain(
  server: Server,
  connections: ReadonlySet<WireConnection>,
  state: ServerState,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const finished = [...connections].map((connection) => connection.finish());
  const deadline = setTimeout(() => {
    for (const interruption of state.running) interruption.kill();
    for (const connection of connections) connection.destroy();
  }, DRAIN_MS);
  // The engine may only be closed when no command uses it any more.
  await Promise.all([closed, ...finished]);
  clearTimeout(deadline);
}
