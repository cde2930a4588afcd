import type { Document } from 'mongodb';
import { startTestInstance, type TestInstance } from '../support/instance';
import { WireClient } from '../support/wire-client';

let server: TestInstance;
let client: WireClient;

beforeAll(async () => {
  server = await startTestInstance();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  client = await WireClient.connect(server.instance);
});

afterEach(async () => {
  client.close();
  await configure('off');
});

/** Answers how often the previous setting struck. */
async function configure(mode: unknown, data: Document = {}): Promise<number> {
  const command = { configureFailPoint: 'failCommand', mode, data };
  const { count } = await server.client.db('admin').command(command);
  return count as number;
}

describe('failCommand', () => {
  test('a first hello, when it names the application of the fail point, fails', async () => {
    await configure('alwaysOn', { failCommands: ['hello'], errorCode: 91, appName: 'target' });
    const hello = (name: string): Document => ({ hello: 1, client: { application: { name } } });
    expect(await client.command(hello('target'), 'admin')).toMatchObject({ ok: 0, code: 91 });
    expect(await client.command(hello('other'), 'admin')).toMatchObject({ ok: 1 });
    expect(await client.command({ hello: 1 }, 'admin')).toMatchObject({ ok: 1 });
    expect(await configure('off')).toBe(1);
  });

  test('a command, when the fail point skips two, fails from the third on', async () => {
    await configure({ skip: 2 }, { failCommands: ['ping'], errorCode: 2 });
    const answers: unknown[] = [];
    for (let turn = 0; turn < 4; turn += 1) answers.push((await client.command({ ping: 1 })).ok);
    expect(answers).toEqual([1, 1, 0, 0]);
  });

  test('a command, when the fail point has struck often enough, is answered', async () => {
    await configure({ times: 2 }, { failCommands: ['ping'], errorCode: 2 });
    const answers: unknown[] = [];
    for (let turn = 0; turn < 4; turn += 1) answers.push((await client.command({ ping: 1 })).ok);
    expect(answers).toEqual([0, 0, 1, 1]);
    expect(await configure('off')).toBe(2);
  });

  test('a connection, when the fail point closes it, is lost without an answer', async () => {
    await configure({ times: 1 }, { failCommands: ['ping'], closeConnection: true });
    await expect(client.command({ ping: 1 })).rejects.toThrow('closed without a reply');
  });
});

test('an unknown fail point, when configured, is refused', async () => {
  await expect(
    server.client.db('admin').command({ configureFailPoint: 'nonesuch', mode: 'alwaysOn' }),
  ).rejects.toMatchObject({ code: 266, codeName: 'FailPointSetFailed' });
});
