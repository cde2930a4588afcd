import os from 'node:os';
import bcrypt from 'bcrypt';
import { accountFields, register, sendLogin, sendRegistration } from '../helpers/accounts';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

test('login, when a dozen people sign in and two register at once, makes two hashes at a time, or one on two cores, and answers other calls meanwhile', async () => {
  const { user, password } = await register(server);
  const hashes = watchHashes();
  const names = Array.from({ length: 12 }, (_none, index) => `nobody_${index}`);

  const storm = Promise.all([
    ...names.map((username) => sendLogin(server, { username, password })),
    sendRegistration(server, { ...accountFields() }),
    sendRegistration(server, { ...accountFields() }),
  ]);
  await hashes.running;
  // No hash ends before this answer has come.
  const meanwhile = await server.api().get(`/api/v1/users/c/${user.username}`);
  hashes.release();
  const answers = await storm;

  expect(meanwhile.status).toBe(200);
  expect(answers.map(({ status }) => status)).toEqual([...names.map(() => 401), 201, 201]);
  expect(hashes.mostAtOnce()).toBe(os.availableParallelism() > 2 ? 2 : 1);
});

/** Counts hashes that run at the same time, and holds them until they are released. */
function watchHashes() {
  let running = 0;
  let most = 0;
  let release = (): void => undefined;
  let started = (): void => undefined;
  const gate = new Promise<void>((open) => (release = open));
  const first = new Promise<void>((begin) => (started = begin));
  const counted =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      running += 1;
      most = Math.max(most, running);
      started();
      await gate;
      try {
        return await work(...args);
      } finally {
        running -= 1;
      }
    };
  const compare: (data: string | Buffer, hash: string) => Promise<boolean> = bcrypt.compare;
  const hash: (data: string | Buffer, salt: string | number) => Promise<string> = bcrypt.hash;
  jest.spyOn(bcrypt, 'compare').mockImplementation(overloaded(counted(compare)));
  jest.spyOn(bcrypt, 'hash').mockImplementation(overloaded(counted(hash)));
  return { running: first, release, mostAtOnce: () => most };
}

/** The types of bcrypt know of its functions only the form with a callback, which nobody calls. */
function overloaded(work: unknown): () => void {
  return work as () => void;
}
