import { Binary, Int32, Long } from 'bson';
import { randomUUID } from 'node:crypto';
import { MongoServerError } from '../errors';
import { SESSION_TIMEOUT_MINUTES } from '../session/logical-sessions';
import type { Value } from '../values/types';
import { bsonTypeName } from '../values/compare';
import type { CommandReply } from '../wire/reply-writer';
import { isUuid } from './arguments';
import { reply, type CommandDefinition, type Invocation } from './command';

function startSession({ server }: Invocation): CommandReply {
  const key = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  server.sessions.use(key);
  return reply([
    ['id', new Map<string, Value>([['id', new Binary(key, Binary.SUBTYPE_UUID)]])],
    ['timeoutMinutes', new Int32(SESSION_TIMEOUT_MINUTES)],
  ]);
}

/** The sessions that endSessions, killSessions and refreshSessions list. */
function listedSessions({ arguments: parsed }: Invocation): Buffer[] {
  const list = parsed.body.get(parsed.command);
  if (!Array.isArray(list)) {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '${parsed.command}.${parsed.command}' is the wrong type '${bsonTypeName(list)}', expected type 'array'`,
    );
  }
  return list.map((entry, index) => {
    const id = entry instanceof Map ? entry.get('id') : undefined;
    if (isUuid(id)) return Buffer.from(id.buffer.subarray(0, 16));
    throw new MongoServerError(
      40414,
      `BSON field '${parsed.command}.${parsed.command}.${index}.id' is missing but a required field`,
    );
  });
}

function endSessions(invocation: Invocation): CommandReply {
  for (const key of listedSessions(invocation)) invocation.server.sessions.end(key);
  return reply();
}

function killSessions(invocation: Invocation): CommandReply {
  const listed = listedSessions(invocation);
  // An empty list means every session of the user, and without authentication there is but one.
  if (listed.length === 0) invocation.server.sessions.endAll();
  for (const key of listed) invocation.server.sessions.end(key);
  return reply();
}

function killAllSessions({ server }: Invocation): CommandReply {
  server.sessions.endAll();
  return reply();
}

function refreshSessions(invocation: Invocation): CommandReply {
  for (const key of listedSessions(invocation)) invocation.server.sessions.use(key);
  return reply();
}

async function commitTransaction(invocation: Invocation): Promise<CommandReply> {
  const { server, session, generic } = invocation;
  const transaction = session?.transaction;
  if (!generic.inTransaction || !session || !transaction) {
    throw outsideTransaction('commitTransaction');
  }
  await server.transactions.commit(session, transaction);
  return reply();
}

function abortTransaction({ server, session, generic }: Invocation): CommandReply {
  if (!generic.inTransaction || !session) throw outsideTransaction('abortTransaction');
  server.transactions.abort(session);
  return reply();
}

function outsideTransaction(command: string): MongoServerError {
  return new MongoServerError('CommandFailed', `${command} must be run within a transaction`);
}

/** The number of open sessions, cursors and the like, for serverStatus. */
export function sessionCounts({ server }: Invocation): { sessions: Int32; cursors: Long } {
  return {
    sessions: new Int32(server.sessions.size),
    cursors: Long.fromNumber(server.cursors.size),
  };
}

const COMPLETION_FIELDS = ['recoveryToken', 'participants', 'coordinator'];

export const sessionCommands: readonly CommandDefinition[] = [
  { name: 'startSession', fields: [], run: startSession },
  {
    name: 'endSessions',
    fields: [],
    // The Node.js driver sends it unacknowledged; refusing that would keep its transactions open.
    writeConcern: true,
    stableApi: true,
    run: endSessions,
  },
  { name: 'killSessions', fields: [], run: killSessions },
  { name: 'killAllSessions', fields: [], run: killAllSessions },
  { name: 'killAllSessionsByPattern', fields: [], run: killAllSessions },
  { name: 'refreshSessions', fields: [], stableApi: true, run: refreshSessions },
  {
    name: 'commitTransaction',
    fields: COMPLETION_FIELDS,
    adminOnly: true,
    inTransaction: true,
    writeConcern: true,
    isWrite: true,
    stableApi: true,
    run: commitTransaction,
  },
  {
    name: 'abortTransaction',
    fields: COMPLETION_FIELDS,
    adminOnly: true,
    inTransaction: true,
    writeConcern: true,
    stableApi: true,
    run: abortTransaction,
  },
];
