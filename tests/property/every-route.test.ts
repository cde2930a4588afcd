import http from 'node:http';
import fc from 'fast-check';
import { credentialHeaders, makeAttacker, type Attacker } from '../helpers/property/attacker';
import { hostileCall, type HostileCall } from '../helpers/property/hostile-call';
import { anyOf } from '../helpers/property/hostile-values';
import { sendCall, type SentCall } from '../helpers/property/send-call';
import { makeVictim, stillSignedIn, type Victim } from '../helpers/property/victim';
import { EVERY_ROUTE } from '../helpers/every-route';
import { recordingLogger } from '../helpers/recording-logger';
import { checkAnswer } from '../helpers/response-check';
import { startTestServer, type TestServer } from '../helpers/server';

const CASES = Number(process.env.PROPERTY_CASES ?? 10_000);
/** Calls that go out together, and after which the victim is looked at. */
const CALLS_AT_ONCE = 40;
/** So that a failure is told before the test itself times out. */
const LONGEST_SEARCH_MILLISECONDS = 540_000;

/**
 * The same calls in every run, so that a change is judged and not the dice: `PROPERTY_SEED=$RANDOM`
 * makes up others. Of a run that failed: `PROPERTY_SEED=… PROPERTY_PATH=… npx jest tests/property`.
 */
const replay = {
  seed: Number(process.env.PROPERTY_SEED ?? 20_261),
  ...(process.env.PROPERTY_PATH ? { path: process.env.PROPERTY_PATH } : {}),
};

/** What nobody passes who has neither a role nor what only a mail or an app tells. */
const CLOSED = new Set([
  ...EVERY_ROUTE.filter(([, { notes }]) => /moderator|admin/.test(notes.access ?? '')).map(
    ([name]) => name,
  ),
  'POST /api/v1/users/reset-password',
  'POST /api/v1/users/verify-email',
  'POST /api/v1/users/two-factor/confirm',
  'POST /api/v1/users/two-factor/recovery-codes',
  'DELETE /api/v1/users/two-factor',
]);

const { logger, lines } = recordingLogger('error');
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const uncaught: unknown[] = [];
const noteUncaught = (error: unknown): unknown => uncaught.push(error);
const calls = new Map<string, number>();
const successes = new Set<string>();

let server: TestServer;
let victim: Victim;
let before: Record<string, string>;
beforeAll(async () => {
  process.on('uncaughtExceptionMonitor', noteUncaught).on('unhandledRejection', noteUncaught);
  server = await startTestServer({
    logger,
    env: { FAILED_LOGINS_PER_ACCOUNT: '1000000', CREDENTIAL_ATTEMPTS_PER_MINUTE: '1000000' },
  });
  victim = await makeVictim(server);
  before = await victim.snapshot();
});
afterAll(async () => {
  agent.destroy();
  process.off('uncaughtExceptionMonitor', noteUncaught).off('unhandledRejection', noteUncaught);
  await server.stop();
});

function send(call: HostileCall, attacker: Attacker): Promise<SentCall> {
  const credentials = credentialHeaders(call.credential, attacker, victim, server);
  const cast = {
    victim: victim.things,
    attacker: attacker.things,
    examples: {
      refreshToken: attacker.refreshToken,
      ...(call.route.endsWith('/login') ? { username: attacker.things.username?.[0] ?? '' } : {}),
      target: victim.things.userId?.[0] ?? '',
    },
  };
  return sendCall(server.url, agent, call, cast, credentials);
}

/** @throws Error that says which rule the answer breaks */
function judge({ request, answer }: SentCall): void {
  const what = `${request.method} ${request.url}`;
  if (answer.status >= 500) {
    const cause = JSON.stringify(lines().at(-1) ?? {});
    throw new Error(`${what} answered ${answer.status}: ${answer.text}\nThe log: ${cause}`);
  }
  checkAnswer(request, answer);
  const told = `${JSON.stringify(answer.headers)}${answer.text}`;
  for (const [name, text] of victim.canaries) {
    if (told.includes(text)) throw new Error(`${what} tells the victim's ${name}: ${told}`);
  }
}

async function sendTogether(candidates: readonly (HostileCall | null)[]): Promise<void> {
  const batch = candidates.filter((call) => call !== null);
  const attacker = await makeAttacker(server);
  const sent = await Promise.all(batch.map((call) => send(call, attacker)));
  for (const [index, exchange] of sent.entries()) {
    judge(exchange);
    const { route = '', method } = batch[index] ?? {};
    if (method !== undefined) continue;
    calls.set(route, (calls.get(route) ?? 0) + 1);
    if (exchange.answer.status < 400) successes.add(route);
  }
  expect(await victim.snapshot()).toEqual(before);
}

describe('every route', () => {
  test(`the server, when ${CASES} calls are made up, refuses them by its rules, tells nothing and lives on`, async () => {
    const anyCall = anyOf(...EVERY_ROUTE.map(([, route]) => hostileCall(route)));
    // None of them is absent but when a failure is narrowed down: then those that do not matter go.
    const orAbsent = fc.option(anyCall, { nil: null, freq: 1_000_000, depthSize: 'max' });
    const batch = fc.array(orAbsent, { minLength: CALLS_AT_ONCE, maxLength: CALLS_AT_ONCE });

    await fc.assert(fc.asyncProperty(batch, sendTogether), {
      ...replay,
      numRuns: Math.ceil(CASES / CALLS_AT_ONCE),
      interruptAfterTimeLimit: LONGEST_SEARCH_MILLISECONDS,
      markInterruptAsFailure: true,
    });

    expect(uncaught).toEqual([]);
    expect(await stillSignedIn(server, victim)).toBe(victim.account.user._id);
  }, 600_000);

  test('the calls, when they are counted, were made to every route, and nearly each lets some pass', () => {
    const routes = EVERY_ROUTE.map(([name]) => name);

    expect(routes.filter((route) => !calls.has(route))).toEqual([]);
    // Otherwise the cases would test the validators alone. A few may be unlucky, never many.
    const barred = routes.filter((route) => !successes.has(route) && !CLOSED.has(route));
    expect(barred.length).toBeLessThan(routes.length / 10);
    expect(routes.filter((route) => successes.has(route) && CLOSED.has(route))).toEqual([]);
  });
});
