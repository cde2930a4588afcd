import { cpus, hostname, release, totalmem, type as systemType } from 'node:os';
import { MongoServerError } from '../errors';
import { fromPlain } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import type { CommandReply } from '../wire/reply-writer';
import { reply, type CommandDefinition, type Invocation } from './command';
import { failPointCount } from './fail-points';
import { SERVER_VERSION, SET_NAME } from './handshake';
import { sessionCounts } from './session-commands';

const FEATURE_COMPATIBILITY_VERSION = '7.0';

function plain(fields: object): CommandReply {
  return { fields: fromPlain(fields) as BsonDocument };
}

function serverStatus(invocation: Invocation): CommandReply {
  const { server } = invocation;
  const { sessions, cursors } = sessionCounts(invocation);
  const memory = process.memoryUsage();
  const uptime = Math.floor((Date.now() - server.startedAt.getTime()) / 1000);
  const status = plain({
    host: hostname(),
    version: SERVER_VERSION,
    process: 'embedded-mongodb',
    pid: process.pid,
    uptime,
    localTime: new Date(),
    connections: {
      current: server.metrics.connectionsCurrent,
      totalCreated: server.metrics.connectionsCreated,
    },
    mem: { bits: 64, resident: Math.round(memory.rss / 2 ** 20), supported: true },
    network: { numRequests: server.metrics.commands },
    repl: { setName: SET_NAME, isWritablePrimary: true, secondary: false },
    storageEngine: { name: 'lmdb', persistent: true, supportsCommittedReads: true },
  });
  status.fields.set(
    'logicalSessionRecordCache',
    new Map<string, Value>([['activeSessionsCount', sessions]]),
  );
  status.fields.set(
    'metrics',
    new Map<string, Value>([
      ['cursor', new Map<string, Value>([['open', new Map<string, Value>([['total', cursors]])]])],
    ]),
  );
  return status;
}

function connectionStatus(): CommandReply {
  return plain({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } });
}

function hostInfo(): CommandReply {
  return plain({
    system: {
      currentTime: new Date(),
      hostname: hostname(),
      cpuAddrSize: 64,
      memSizeMB: Math.round(totalmem() / 2 ** 20),
      numCores: cpus().length,
    },
    os: { type: systemType(), name: systemType(), version: release() },
    extra: {},
  });
}

/** Only the parameters that clients ask for; an unknown one is refused as the server does. */
function getParameter({ arguments: parsed, server }: Invocation): CommandReply {
  const known: Record<string, Value> = {
    featureCompatibilityVersion: new Map<string, Value>([
      ['version', FEATURE_COMPATIBILITY_VERSION],
    ]),
    enableTestCommands: server.failPoints.enabled,
    authenticationMechanisms: [],
    requireApiVersion: false,
    acceptApiVersion2: false,
  };
  const selector = parsed.body.get('getParameter');
  if (selector === '*' || (selector instanceof Map && selector.get('allParameters') === true)) {
    return reply(Object.entries(known));
  }
  const asked = Object.entries(known).filter(([name]) => parsed.body.has(name));
  if (asked.length === 0) {
    throw new MongoServerError('InvalidOptions', 'no option found to get');
  }
  return reply(asked);
}

function getLog({ arguments: parsed }: Invocation): CommandReply {
  const name = parsed.requiredString('getLog');
  if (name === '*') return plain({ names: ['global', 'startupWarnings'] });
  if (name === 'global' || name === 'startupWarnings')
    return plain({ totalLinesWritten: 0, log: [] });
  throw new MongoServerError('OperationFailed', `no RamLog named: ${name}`);
}

function getCmdLineOpts({ server }: Invocation): CommandReply {
  return plain({ argv: ['embedded-mongodb'], parsed: { storage: { dbPath: server.dataDir } } });
}

function configureFailPoint({ arguments: parsed, server }: Invocation): CommandReply {
  if (!server.failPoints.enabled) {
    throw new MongoServerError('CommandNotFound', "no such command: 'configureFailPoint'");
  }
  return reply([['count', failPointCount(server.failPoints.configure(parsed))]]);
}

function replicaSetStatus({ client, server }: Invocation): CommandReply {
  const uptime = Math.floor((Date.now() - server.startedAt.getTime()) / 1000);
  const member = {
    _id: 0,
    name: client.host,
    health: 1,
    state: 1,
    stateStr: 'PRIMARY',
    uptime,
    self: true,
  };
  return plain({ set: SET_NAME, date: new Date(), myState: 1, members: [member] });
}

function replicaSetConfig({ client }: Invocation): CommandReply {
  const member = {
    _id: 0,
    host: client.host,
    arbiterOnly: false,
    hidden: false,
    priority: 1,
    votes: 1,
  };
  return plain({ config: { _id: SET_NAME, version: 1, term: 1, members: [member] } });
}

/** Nothing to authenticate with: any attempt fails, as for a user who does not exist. */
function refuseAuthentication(): never {
  throw new MongoServerError('AuthenticationFailed', 'Authentication failed.');
}

function listCommands(allCommands: () => readonly CommandDefinition[]): CommandReply {
  const commands = new Map<string, Value>(
    allCommands().map((definition) => [
      definition.name,
      new Map<string, Value>([
        ['help', ''],
        ['requiresAuth', false],
        ['secondaryOk', true],
        ['adminOnly', definition.adminOnly === true],
        ['apiVersions', definition.stableApi ? ['1'] : []],
      ]),
    ]),
  );
  return reply([['commands', commands]]);
}

/** Commands about the server itself. */
export function diagnosticCommands(
  allCommands: () => readonly CommandDefinition[],
): readonly CommandDefinition[] {
  return [
    { name: 'serverStatus', run: serverStatus },
    {
      name: 'connectionStatus',
      fields: ['showPrivileges'],
      stableApi: true,
      run: connectionStatus,
    },
    { name: 'hostInfo', fields: [], run: hostInfo },
    { name: 'getParameter', adminOnly: true, run: getParameter },
    { name: 'getLog', fields: [], adminOnly: true, run: getLog },
    { name: 'getCmdLineOpts', fields: [], adminOnly: true, run: getCmdLineOpts },
    { name: 'whatsmyuri', fields: [], run: ({ client }) => plain({ you: client.remote }) },
    { name: 'listCommands', fields: [], run: () => listCommands(allCommands) },
    {
      name: 'configureFailPoint',
      fields: ['mode', 'data'],
      adminOnly: true,
      run: configureFailPoint,
    },
    { name: 'replSetGetStatus', fields: ['initialSync'], adminOnly: true, run: replicaSetStatus },
    {
      name: 'replSetGetConfig',
      fields: ['commitmentStatus'],
      adminOnly: true,
      run: replicaSetConfig,
    },
    { name: 'saslStart', run: refuseAuthentication },
    { name: 'saslContinue', run: refuseAuthentication },
    { name: 'authenticate', run: refuseAuthentication },
    { name: 'logout', fields: [], run: () => reply() },
  ];
}
