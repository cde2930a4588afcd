import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import mongoose, { type mongo } from 'mongoose';
import type { Response, Test } from 'supertest';
import { startTestServer, type TestServer, type TestServerOptions } from './server';

const REQUEST_START = 'http.server.request.start';
const RESPONSE_FINISH = 'http.server.response.finish';
const CALL_HEADER = 'x-counted-call';

export interface CountedAnswer {
  answer: Response;
  /** What the request asked of the database, in order, e.g. `find sessions`. */
  commands: string[];
  /** Those among them that came before the answer was out. */
  commandsBeforeAnswer: string[];
}

export interface CountingServer extends TestServer {
  /** Sends a call and tells which commands went to the database on its behalf, and only those. */
  countedCall(call: Test): Promise<CountedAnswer>;
}

/** Starts a server that tells what each request costs in round trips to the database. */
export async function startCountingServer(
  options: TestServerOptions = {},
): Promise<CountingServer> {
  const commandsByCall = new Map<string, string[]>();
  // What runs in the background, such as the sweep for removals, belongs to no call.
  const currentCall = new AsyncLocalStorage<string[] | undefined>();
  const enterCall = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    currentCall.enterWith(commandsByCall.get(String(request.headers[CALL_HEADER])));
  };
  const commandsBeforeAnswer = new Map<string, string[]>();
  const noteAnswer = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    const id = String(request.headers[CALL_HEADER]);
    commandsBeforeAnswer.set(id, [...(commandsByCall.get(id) ?? [])]);
  };
  subscribe(REQUEST_START, enterCall);
  subscribe(RESPONSE_FINISH, noteAnswer);
  const server = await withCommandMonitoring(() => startTestServer(options));
  mongoose.connection
    .getClient()
    .on('commandStarted', (event) => currentCall.getStore()?.push(describe(event)));
  return {
    ...server,
    countedCall: async (call) => {
      const id = randomUUID();
      const commands: string[] = [];
      commandsByCall.set(id, commands);
      const answer = await call.set(CALL_HEADER, id);
      commandsByCall.delete(id);
      return { answer, commands, commandsBeforeAnswer: commandsBeforeAnswer.get(id) ?? [] };
    },
    stop: async () => {
      unsubscribe(REQUEST_START, enterCall);
      unsubscribe(RESPONSE_FINISH, noteAnswer);
      await server.stop();
    },
  };
}

/** The driver tells of its commands only when it was asked to before it connected. */
async function withCommandMonitoring<Result>(start: () => Promise<Result>): Promise<Result> {
  const connect = mongoose.connect.bind(mongoose);
  const spy = jest
    .spyOn(mongoose, 'connect')
    .mockImplementation((uri, options) => connect(uri, { ...options, monitorCommands: true }));
  try {
    return await start();
  } finally {
    spy.mockRestore();
  }
}

function describe({ commandName, command }: mongo.CommandStartedEvent): string {
  const target: unknown = command[commandName] === 1 ? undefined : command[commandName];
  const collection: unknown = commandName === 'getMore' ? command.collection : target;
  return typeof collection === 'string' ? `${commandName} ${collection}` : commandName;
}
