import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Response } from 'supertest';
import { failure } from '../../src/docs/schemas/common.schema';
import { livingCaller, type Caller } from './every-route';
import { startTestServer, type TestServer } from './server';

/** A server for the tests of a file, and somebody signed in who has one of everything in each. */
export interface HostileTarget {
  readonly server: TestServer;
  readonly caller: Caller;
}

/** Call it at the top of a test file: it starts the server before the tests and stops it after. */
export function hostileTarget(): HostileTarget {
  let server: TestServer;
  let caller: Caller | undefined;
  let mayHaveDeleted = true;
  const noteRequest = (message: unknown): void => {
    const { method } = (message as { request: IncomingMessage }).request;
    mayHaveDeleted ||= method !== 'GET' && method !== 'HEAD';
  };
  beforeAll(async () => {
    server = await startTestServer();
    subscribe('http.server.request.start', noteRequest);
  });
  beforeEach(async () => {
    if (mayHaveDeleted) caller = await livingCaller(server, caller);
    mayHaveDeleted = false;
  });
  afterAll(async () => {
    unsubscribe('http.server.request.start', noteRequest);
    await server.stop();
  });
  return {
    get server() {
      return server;
    },
    get caller() {
      if (!caller) throw new Error('the caller is made before each test');
      return caller;
    },
  };
}

/** Whatever was sent, it is no fault of ours, and a refusal has its envelope. */
export function expectAnswer(answer: Response, sent: string): void {
  expect({ sent, fault: answer.status >= 500 }).toEqual({ sent, fault: false });
  if (answer.status >= 400) expectEnvelope(answer.body, sent);
}

/** The body of a refusal. */
export function expectEnvelope(body: unknown, sent: string): void {
  expect({ sent, envelope: failure.safeParse(body).success }).toEqual({ sent, envelope: true });
}

/** The fields that a refusal names. */
export function namedFields(answer: Response): string[] {
  return ((answer.body.errors ?? []) as { field: string }[]).map(({ field }) => field);
}

/**
 * Every third value, beginning at another for the next place: each place meets a third of them and
 * each of them a third of the places. tests/property mixes them all.
 */
export function everyThird<Value>(values: readonly Value[], place: number): Value[] {
  return values.filter((_value, index) => index % 3 === place % 3);
}
