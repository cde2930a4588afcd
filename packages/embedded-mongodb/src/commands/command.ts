import type { Timestamp } from 'bson';
import type { ScratchFolder } from '../spill/scratch-folder';
import type { Engine } from '../storage/engine';
import type { OperationContext } from '../storage/types';
import type { Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import type { ClusterClock } from '../session/cluster-clock';
import type { CursorRegistry } from '../session/cursors';
import type { Interruption } from '../session/interruption';
import type { LogicalSession, SessionRegistry } from '../session/logical-sessions';
import type { SnapshotHistory } from '../session/snapshot-history';
import type { Transactions } from '../session/transactions';
import type { CommandArguments } from './arguments';
import type { FailPoints } from './fail-points';
import type { GenericArguments } from './generic-arguments';

/** What all commands of one server share. */
export interface ServerState {
  readonly engine: Engine;
  readonly clock: ClusterClock;
  readonly sessions: SessionRegistry;
  readonly transactions: Transactions;
  readonly cursors: CursorRegistry;
  readonly snapshots: SnapshotHistory;
  readonly failPoints: FailPoints;
  /** The commands that run right now, so that a stopping server can interrupt them. */
  readonly running: Set<Interruption>;
  /** Told of programming faults; their commands have been answered with InternalError. */
  readonly onFault: (error: Error) => void;
  /** Where results that are too large for memory wait. */
  readonly scratch: ScratchFolder;
  readonly startedAt: Date;
  readonly dataDir: string;
  /** What `hello` answers as this member's address when the connection itself does not tell. */
  readonly advertisedHost: string;
  /** Counters of serverStatus. */
  readonly metrics: { commands: number; connectionsCreated: number; connectionsCurrent: number };
}

/** What the server knows of one client connection. */
export interface ClientState {
  readonly connectionId: number;
  /** The address of this server as the client dialled it. */
  readonly host: string;
  /** The address of the client, as whatsmyuri answers it. */
  readonly remote: string;
  appName?: string;
  readonly isGone: () => boolean;
  /** Cuts the connection without an answer (fail points). */
  readonly disconnect: () => void;
}

/** One command being run. */
export interface Invocation {
  readonly server: ServerState;
  readonly client: ClientState;
  readonly definition: CommandDefinition;
  readonly database: string;
  readonly arguments: CommandArguments;
  readonly generic: GenericArguments;
  /** The documents of the definition's `rawSequence`, as BSON; undefined when they are in the body. */
  readonly rawDocuments?: readonly Uint8Array[];
  readonly session?: LogicalSession;
  /** Snapshot, deadline, transaction and retry identity of this command. */
  readonly operation: OperationContext;
  readonly interruption: Interruption;
  /** The time of the state that is read, under read concern "snapshot" outside a transaction. */
  readonly atClusterTime?: Timestamp;
  /** A cursor that outlives the command takes the operation over; nobody else releases it then. */
  keepOperation(): void;
}

export interface CommandDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Accepted fields besides the generic ones; undefined for commands that ignore unknown fields. */
  readonly fields?: readonly string[];
  readonly adminOnly?: boolean;
  /** The field whose documents, when they come as a document sequence, are handed on undecoded. */
  readonly rawSequence?: string;
  /** Allowed inside a multi-document transaction. */
  readonly inTransaction?: boolean;
  /** Takes a txnNumber outside a transaction. */
  readonly retryableWrite?: boolean;
  /** Its operation lives on in a cursor. */
  readonly opensCursor?: boolean;
  readonly readConcern?: boolean;
  /** Accepts a read concern and ignores it: the one of its cursor counts. */
  readonly inheritsReadConcern?: boolean;
  /** Takes read concern "snapshot" outside transactions. */
  readonly snapshotReads?: boolean;
  readonly writeConcern?: boolean;
  /** Moves the cluster clock when it succeeds. */
  readonly isWrite?: boolean;
  /** Part of Stable API version 1. */
  readonly stableApi?: boolean;
  readonly run: (invocation: Invocation) => CommandReply | Promise<CommandReply>;
}

/** A reply of plain fields. */
export function reply(entries: Iterable<readonly [string, Value]> = []): CommandReply {
  return { fields: new Map(entries) };
}
