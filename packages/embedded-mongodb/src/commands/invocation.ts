import type { LogicalSession } from '../session/logical-sessions';
import type { OperationContext } from '../storage/types';
import type { BsonDocument } from '../values/types';
import { CommandArguments } from './arguments';
import type { ClientState, CommandDefinition, Invocation, ServerState } from './command';
import type { GenericArguments } from './generic-arguments';

interface Prepared {
  readonly command: { readonly definition: CommandDefinition };
  readonly name: string;
  readonly database: string;
  readonly body: BsonDocument;
  readonly generic: GenericArguments;
}

/** One command being run; its operation is only made when the command reads or writes. */
export class CommandInvocation implements Invocation {
  readonly definition: CommandDefinition;
  readonly database: string;
  readonly arguments: CommandArguments;
  readonly generic: GenericArguments;
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
  }

  get operation(): OperationContext {
    this.made ??= this.makeOperation();
    return this.made;
  }

  keepOperation(): void {
    this.kept = true;
  }

  /** Lets go of the snapshot unless a cursor has taken it over. */
  finish(): void {
    if (!this.kept) this.made?.release();
  }

  private makeOperation(): OperationContext {
    const { generic, session, client } = this;
    const transaction = generic.inTransaction ? session?.transaction?.handle : undefined;
    const retry =
      session && !generic.inTransaction && generic.txnNumber !== undefined
        ? { key: session.key, txnNumber: generic.txnNumber }
        : undefined;
    return this.server.engine.createOperation({
      ...(transaction && { transaction }),
      ...(retry && { session: retry }),
      ...(generic.maxTimeMS !== undefined && { maxTimeMS: generic.maxTimeMS }),
      interrupted: client.isGone,
    });
  }
}
