import { Double } from 'bson';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoServerError } from '../errors';
import type { LogicalSession } from '../session/logical-sessions';
import { decodeDocument } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import type { RequestMessage } from '../wire/protocol';
import { writeReply, type CommandReply } from '../wire/reply-writer';
import { CommandArguments, toNumber } from './arguments';
import type { ClientState, ServerState } from './command';
import { writeConcernError } from './concerns';
import { concernErrorLabels, errorFields, NO_SETTING, type ErrorSetting } from './error-reply';
import type { Failure } from './fail-points';
import {
  gossipedClusterTime,
  parseGenericArguments,
  type GenericArguments,
} from './generic-arguments';
import { announcedAppName } from './handshake';
import { CommandInvocation } from './invocation';
import { assertDatabaseName } from './namespaces';
import { findCommand, type RegisteredCommand } from './registry';

/** A command that has passed every check that needs no session. */
interface PreparedCommand {
  readonly command: RegisteredCommand;
  readonly name: string;
  readonly database: string;
  readonly body: BsonDocument;
  readonly generic: GenericArguments;
  readonly rawDocuments?: readonly Uint8Array[];
  readonly setting: ErrorSetting;
}

/** A fail point asked for the connection to be cut. */
const DISCONNECTED = Symbol('disconnected');

/** Runs the commands of all clients: checks, session and transaction, the command itself, the reply. */
export class CommandDispatcher {
  constructor(private readonly server: ServerState) {}

  /** The wire message that answers a request; undefined when none is wanted or possible. */
  async answer(request: RequestMessage, client: ClientState): Promise<Buffer | undefined> {
    this.server.metrics.commands += 1;
    const result = await this.run(request, client);
    if (result === DISCONNECTED || request.moreToCome) return undefined;
    const options = { responseTo: request.requestId, legacy: request.isLegacyQuery };
    try {
      return writeReply(result, this.closing(result), options);
    } catch (error) {
      const failed = { fields: errorFields(this.toServerError(error), NO_SETTING) };
      return writeReply(failed, this.closing(failed), options);
    }
  }

  private async run(
    request: RequestMessage,
    client: ClientState,
  ): Promise<CommandReply | typeof DISCONNECTED> {
    let setting = NO_SETTING;
    try {
      const prepared = this.prepare(request);
      setting = prepared.setting;
      const failure = this.server.failPoints.strike(
        prepared.command.definition.name,
        client.appName ?? announcedAppName(prepared.body),
      );
      if (!failure) return await this.execute(prepared, client);
      return await this.executeFailing(prepared, client, failure);
    } catch (error) {
      return { fields: errorFields(this.toServerError(error), setting) };
    }
  }

  private prepare(request: RequestMessage): PreparedCommand {
    const body = decodeDocument(request.body);
    const [name = ''] = body.keys();
    const command = findCommand(name);
    if (request.isLegacyQuery) refuseLegacyCommand(name, command);
    if (!command) throw new MongoServerError('CommandNotFound', `no such command: '${name}'`);
    const database = request.legacyDatabase ?? databaseOf(body);
    const { definition } = command;
    for (const [field, documents] of request.sequences) {
      if (body.has(field)) {
        throw new MongoServerError(
          'FailedToParse',
          `Field '${field}' is given both in the body and as a document sequence`,
        );
      }
      if (field === definition.rawSequence) continue;
      body.set(
        field,
        documents.map((document) => decodeDocument(document)),
      );
    }
    if (definition.adminOnly && database !== 'admin') {
      throw new MongoServerError(
        'Unauthorized',
        `${definition.name} may only be run against the admin database.`,
      );
    }
    const generic = parseGenericArguments(body, definition);
    if (command.fields) new CommandArguments(name, body).refuseUnknownFields(command.fields);
    const isCommitOrAbort =
      definition.name === 'commitTransaction' || definition.name === 'abortTransaction';
    const setting = {
      inTransaction: generic.inTransaction,
      isCommitOrAbort: isCommitOrAbort && generic.inTransaction,
      isRetryableWrite: generic.txnNumber !== undefined && !generic.inTransaction,
    };
    const gossip = gossipedClusterTime(body);
    if (gossip) this.server.clock.advance(gossip);
    const rawDocuments = request.sequences.get(definition.rawSequence ?? '');
    return { command, name, database, body, generic, rawDocuments, setting };
  }

  private async execute(
    prepared: PreparedCommand,
    client: ClientState,
  ): Promise<CommandReply | typeof DISCONNECTED> {
    const { generic } = prepared;
    const session = generic.sessionId && this.server.sessions.use(generic.sessionId);
    if (!session || generic.txnNumber === undefined) {
      return this.invoke(prepared, client, session);
    }
    const checkIn = await session.checkOut();
    try {
      return await this.invokeInSession(prepared, client, session, generic.txnNumber);
    } finally {
      checkIn();
    }
  }

  private async invokeInSession(
    prepared: PreparedCommand,
    client: ClientState,
    session: LogicalSession,
    txnNumber: bigint,
  ): Promise<CommandReply | typeof DISCONNECTED> {
    const { transactions } = this.server;
    if (!prepared.generic.inTransaction) {
      transactions.beginRetryableWrite(session, txnNumber);
      return this.invokeRetryableWrite(prepared, client, session);
    }
    refuseConcernsInTransaction(prepared);
    transactions.beginOrContinue(session, {
      txnNumber,
      start: prepared.generic.startTransaction,
      isCommit: prepared.command.definition.name === 'commitTransaction',
    });
    try {
      return await this.invoke(prepared, client, session);
    } catch (error) {
      // As on the server: whatever fails inside a transaction has ended it.
      transactions.abort(session);
      throw error;
    }
  }

  /** Fail points strike writes that are made, not those that were made before and are answered again. */
  private async invokeRetryableWrite(
    prepared: PreparedCommand,
    client: ClientState,
    session: LogicalSession,
  ): Promise<CommandReply | typeof DISCONNECTED> {
    const { failPoints } = this.server;
    const failure = failPoints.strikesBeforeCommit ? failPoints.strikeWrite() : undefined;
    if (failure?.closeConnection) return disconnect(client);
    if (failure?.errorCode !== undefined) {
      throw new MongoServerError(
        failure.errorCode,
        `Failing write for ${session.describe()}:${prepared.generic.txnNumber} due to failpoint. The write must not be reflected.`,
      );
    }
    const result = await this.invoke(prepared, client, session);
    if (failPoints.strikesBeforeCommit || wasMadeBefore(result)) return result;
    return failPoints.strikeWrite()?.closeConnection ? disconnect(client) : result;
  }

  private async invoke(
    prepared: PreparedCommand,
    client: ClientState,
    session: LogicalSession | undefined,
  ): Promise<CommandReply> {
    const { definition } = prepared.command;
    const after = prepared.generic.readConcern?.afterClusterTime;
    if (after && !this.server.clock.knows(after)) {
      throw new MongoServerError(
        'InvalidOptions',
        'readConcern afterClusterTime value must not be greater than the current clusterTime',
      );
    }
    const invocation = new CommandInvocation(this.server, client, prepared, session);
    try {
      invocation.useDefaultCollation();
      const result = await definition.run(invocation);
      if (definition.isWrite) this.server.clock.tick();
      const concernError = writeConcernError(prepared.generic.writeConcern);
      if (concernError) result.fields.set('writeConcernError', concernError);
      return result;
    } finally {
      invocation.finish();
    }
  }

  private async executeFailing(
    prepared: PreparedCommand,
    client: ClientState,
    failure: Failure,
  ): Promise<CommandReply | typeof DISCONNECTED> {
    if (failure.blockTimeMS > 0) await delay(failure.blockTimeMS);
    if (failure.closeConnection) return disconnect(client);
    if (failure.errorCode !== undefined) return injectedError(failure, prepared.setting);
    const result = await this.execute(prepared, client);
    if (result === DISCONNECTED) return DISCONNECTED;
    if (failure.writeConcernError) addInjectedConcernError(result, failure, prepared.setting);
    return result;
  }

  /** A programming fault is answered as InternalError, and announced. */
  private toServerError(error: unknown): MongoServerError {
    if (error instanceof MongoServerError) return error;
    const fault = error instanceof Error ? error : new Error(String(error));
    this.server.onFault(fault);
    return new MongoServerError('InternalError', fault.message);
  }

  private closing(result: CommandReply): BsonDocument {
    const closing = new Map<string, Value>();
    if (!result.fields.has('ok')) closing.set('ok', new Double(1));
    closing.set('$clusterTime', this.server.clock.gossip());
    closing.set('operationTime', this.server.clock.operationTime);
    return closing;
  }
}

function disconnect(client: ClientState): typeof DISCONNECTED {
  client.disconnect();
  return DISCONNECTED;
}

function wasMadeBefore({ fields }: CommandReply): boolean {
  return fields.has('retriedStmtIds') || fields.has('retriedStmtId');
}

function refuseLegacyCommand(name: string, command: RegisteredCommand | undefined): void {
  const known = command?.definition.name;
  if (known === 'hello' || known === 'isMaster') return;
  throw new MongoServerError(
    'UnsupportedOpQueryCommand',
    `Unsupported OP_QUERY command: ${name}. The client driver may require an upgrade. For more details see https://dochub.mongodb.org/core/legacy-opcode-removal`,
  );
}

function databaseOf(body: BsonDocument): string {
  const database = body.get('$db');
  if (database === undefined) {
    throw new MongoServerError(40571, 'OP_MSG requests require a $db argument');
  }
  if (typeof database !== 'string') {
    throw new MongoServerError('TypeMismatch', "The '$db' argument must be a string");
  }
  assertDatabaseName(database);
  return database;
}

/** In a transaction, concerns belong to the first command (read) and to the commit (write). */
function refuseConcernsInTransaction({ generic, setting, body }: PreparedCommand): void {
  if (body.has('writeConcern') && !setting.isCommitOrAbort) {
    throw new MongoServerError(
      'InvalidOptions',
      'writeConcern is not allowed within a multi-statement transaction',
    );
  }
  if (!generic.readConcern) return;
  if (!generic.startTransaction) {
    throw new MongoServerError(
      'InvalidOptions',
      'Only the first command in a transaction may specify a readConcern',
    );
  }
  const level = generic.readConcern.level ?? 'local';
  if (level !== 'local' && level !== 'majority' && level !== 'snapshot') {
    throw new MongoServerError(
      'InvalidOptions',
      "The readConcern level must be either 'local' (default), 'majority' or 'snapshot' in order to run in a transaction",
    );
  }
}

function injectedError(failure: Failure, setting: ErrorSetting): CommandReply {
  const error = new MongoServerError(
    failure.errorCode ?? 0,
    "Failing command via 'failCommand' failpoint",
  );
  const fields = errorFields(error, setting);
  if (failure.errorLabels) setLabels(fields, failure.errorLabels);
  return { fields };
}

function addInjectedConcernError(
  result: CommandReply,
  failure: Failure,
  setting: ErrorSetting,
): void {
  const concernError = failure.writeConcernError ?? new Map<string, Value>();
  result.fields.set('writeConcernError', concernError);
  const code = toNumber(concernError.get('code')) ?? 0;
  setLabels(result.fields, failure.errorLabels ?? concernErrorLabels(code, setting));
}

function setLabels(fields: BsonDocument, labels: readonly string[]): void {
  if (labels.length > 0) fields.set('errorLabels', [...labels]);
  else fields.delete('errorLabels');
}
