import { Int32, Long, ObjectId } from 'bson';
import { fromPlain } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import {
  MAX_BSON_OBJECT_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_WIRE_VERSION,
  MAX_WRITE_BATCH_SIZE,
  MIN_WIRE_VERSION,
} from '../wire/protocol';
import { SESSION_TIMEOUT_MINUTES } from '../session/logical-sessions';
import { reply, type CommandDefinition, type Invocation } from './command';
import type { CommandReply } from '../wire/reply-writer';

export const SERVER_VERSION = '7.0.14';
export const SET_NAME = 'embedded';

const ELECTION_ID = new ObjectId('7fffffff0000000000000001');

/**
 * The one-member replica set's self-portrait. Its only host is the address the client dialled, so
 * that topology discovery leads back here through sockets, port mappings and host names alike.
 */
function hello(invocation: Invocation): CommandReply {
  const { client, server, definition } = invocation;
  rememberClient(invocation);
  const opTime = new Map<string, Value>([
    ['ts', server.clock.operationTime],
    ['t', Long.ONE],
  ]);
  const lastWrite = new Map<string, Value>([
    ['opTime', opTime],
    ['lastWriteDate', new Date(server.clock.operationTime.t * 1000)],
    ['majorityOpTime', opTime],
    ['majorityWriteDate', new Date(server.clock.operationTime.t * 1000)],
  ]);
  const isHello = definition.name === 'hello';
  const entries: [string, Value][] = [
    ['hosts', [client.host]],
    ['setName', SET_NAME],
    ['setVersion', new Int32(1)],
    [isHello ? 'isWritablePrimary' : 'ismaster', true],
    ['secondary', false],
    ['primary', client.host],
    ['me', client.host],
    ['electionId', ELECTION_ID],
    ['lastWrite', lastWrite],
    ['maxBsonObjectSize', new Int32(MAX_BSON_OBJECT_BYTES)],
    ['maxMessageSizeBytes', new Int32(MAX_MESSAGE_BYTES)],
    ['maxWriteBatchSize', new Int32(MAX_WRITE_BATCH_SIZE)],
    ['localTime', new Date()],
    ['logicalSessionTimeoutMinutes', new Int32(SESSION_TIMEOUT_MINUTES)],
    ['connectionId', new Int32(client.connectionId)],
    ['minWireVersion', new Int32(MIN_WIRE_VERSION)],
    ['maxWireVersion', new Int32(MAX_WIRE_VERSION)],
    ['readOnly', false],
  ];
  if (invocation.arguments.body.get('helloOk') === true) entries.unshift(['helloOk', true]);
  return reply(entries);
}

function rememberClient({ arguments: parsed, client }: Invocation): void {
  const name = announcedAppName(parsed.body);
  if (name !== undefined) client.appName = name;
}

/** The name by which an application introduces itself in its first hello. */
export function announcedAppName(hello: BsonDocument): string | undefined {
  const metadata = hello.get('client');
  const application = metadata instanceof Map ? metadata.get('application') : undefined;
  const name = application instanceof Map ? application.get('name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

function buildInfo(): CommandReply {
  return {
    fields: fromPlain({
      version: SERVER_VERSION,
      gitVersion: 'embedded-mongodb',
      modules: [],
      allocator: 'system',
      javascriptEngine: 'none',
      sysInfo: 'deprecated',
      versionArray: [...SERVER_VERSION.split('.').map(Number), 0],
      bits: 64,
      debug: false,
      maxBsonObjectSize: MAX_BSON_OBJECT_BYTES,
      storageEngines: ['lmdb'],
    }) as BsonDocument,
  };
}

/** Commands that a client sends before it does any work. */
export const handshakeCommands: readonly CommandDefinition[] = [
  { name: 'hello', stableApi: true, run: hello },
  { name: 'isMaster', aliases: ['ismaster'], run: hello },
  { name: 'ping', stableApi: true, run: () => reply() },
  { name: 'buildInfo', aliases: ['buildinfo'], run: buildInfo },
];
