import type { Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import { Interruption } from '../session/interruption';
import type { LogicalSession } from '../session/logical-sessions';
import { readingFrom } from '../session/snapshot-history';
import { WorkingMemory } from '../spill/working-memory';
import type { OperationContext } from '../storage/types';
import type { BsonDocument } from '../values/types';
import { CommandArguments } from './arguments';
import type { ClientState, CommandDefinition, Invocation, ServerState } from './command';
import { withDefaultCollation } from './default-collation';
import type { GenericArguments } from './generic-arguments';

interface Prepared {
  readonly command: { readonly definition: CommandDefinition };
  readonly name: string;
  readonly database: string;
  readonly body: BsonDocument;
  readonly generic: GenericArguments;
  readonly rawDocuments?: readonly Uint8Array[];
}

/** One command being run; its operation is only made when the command reads or writes. */
export class CommandInvocation implements Invocation {
  readonly definition: CommandDefinition;
  readonly database: string;
  arguments: CommandArguments;
  readonly generic: GenericArguments;
  readonly rawDocuments?: readonly Uint8Array[];
  readonly interruption: Interruption;
  readonly atClusterTime?: Timestamp;
  private made?: OperationContext;
  private kept = false;

  constructor(
    readonly server: ServerState,
    readonly client: ClientState,
    prepared: Prepared,
    readonly session: LogicalSession | undefined,
  ) {
    this.definition = prepared.command.definition;
    this.database = prepared.database;
    this.arguments = new CommandArguments(prepared.name, prepared.body);
    this.generic = prepared.generic;
    this.rawDocuments = prepared.rawDocuments;
    // As on the server, a write goes on when its client leaves: it may not want an answer.
    this.interruption = new Interruption(this.definition.isWrite ? () => false : client.isGone);
    session?.running.add(this.interruption);
    server.running.add(this.interruption);
    this.atClusterTime = this.snapshotTime();
  }

  get operation(): OperationContext {
    this.made ??= this.atSnapshot(this.makeOperation());
    return this.made;
  }

  /** The command compares as its collection does, unless it says how. */
  useDefaultCollation(): void {
    const { command, body } = this.arguments;
    const collated = withDefaultCollation(body, {
      engine: this.server.engine,
      database: this.database,
      operation: () => this.operation,
    });
    if (collated !== body) this.arguments = new CommandArguments(command, collated);
  }

  keepOperation(): void {
    this.kept = true;
  }

  /** Lets go of the snapshot unless a cursor has taken it over. */
  finish(): void {
    this.session?.running.delete(this.interruption);
    this.server.running.delete(this.interruption);
    if (!this.kept) this.made?.release();
  }

  private makeOperation(): OperationContext {
    const { generic, session, interruption } = this;
    const transaction = generic.inTransaction ? session?.transaction?.handle : undefined;
    const retry =
      session && !generic.inTransaction && generic.txnNumber !== undefined
        ? { key: session.key, txnNumber: generic.txnNumber }
        : undefined;
    return this.server.engine.createOperation({
      ...(transaction && { transaction }),
      ...(retry && { session: retry }),
      ...this.timeLimit(),
      bypassDocumentValidation: this.arguments.boolean('bypassDocumentValidation') === true,
      memory: new WorkingMemory(this.mayUseDisk() ? this.server.scratch : undefined),
      interrupted: interruption.check,
    });
  }

  /** As the server does by default (allowDiskUseByDefault). */
  private mayUseDisk(): boolean {
    const explained = this.arguments.body.get('explain');
    const { body } = explained instanceof Map ? { body: explained } : this.arguments;
    return body.get('allowDiskUse') !== false;
  }

  /** A cursor's limit counts the time of its commands, not the time it waits between them. */
  private timeLimit(): { maxTimeMS?: number } {
    const { maxTimeMS } = this.generic;
    if (maxTimeMS === undefined) return {};
    if (!this.definition.opensCursor) return { maxTimeMS };
    this.interruption.deadline = Date.now() + maxTimeMS;
    return {};
  }

  private snapshotTime(): Timestamp | undefined {
    const { readConcern, inTransaction } = this.generic;
    if (this.definition.inheritsReadConcern) return undefined;
    if (readConcern?.atClusterTime) return readConcern.atClusterTime;
    if (readConcern?.level !== 'snapshot' || inTransaction) return undefined;
    if (!this.definition.snapshotReads) {
      throw new MongoServerError(
        'InvalidOptions',
        `Command ${this.definition.name} does not support { readConcern: { level: "snapshot", provenance: "clientSupplied" } } :: caused by :: read concern not supported`,
      );
    }
    return this.server.clock.operationTime;
  }

  /** Under read concern "snapshot" the state that was chosen is read, not the latest. */
  private atSnapshot(operation: OperationContext): OperationContext {
    const time = this.atClusterTime;
    if (!time) return operation;
    const { snapshots, engine } = this.server;
    if (this.generic.readConcern?.atClusterTime) snapshots.at(time);
    else snapshots.keep(time, () => engine.createOperation());
    // Asked for again before each batch: a state may have been given up while a cursor waited.
    return readingFrom(operation, () => snapshots.at(time));
  }
}
