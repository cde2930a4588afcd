import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUPPORTED_STAGES } from '../src/aggregate/registry';
import { SUPPORTED_WINDOW_FUNCTIONS } from '../src/aggregate/window/functions';
import { allCommands } from '../src/commands/registry';
import { SUPPORTED_ACCUMULATORS } from '../src/expression/accumulators/registry';
import { SUPPORTED_OPERATORS } from '../src/expression/registry';
import { startTestInstance, type TestInstance } from './support/instance';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');

/** The names in one row of the README's table of supported names. */
function row(kind: string): string[] {
  const cell = new RegExp(`^\\| ${kind} +\\| (.*) \\|$`, 'm').exec(README)?.[1] ?? '';
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
  await server.database.collection('probe').insertOne({ a: 1 });
});

afterAll(async () => {
  await server.close();
});

test.each([
  ['commands', allCommands().map(({ name }) => name)],
  ['stages', SUPPORTED_STAGES],
  ['accumulators', SUPPORTED_ACCUMULATORS],
  ['expressions', SUPPORTED_OPERATORS],
  ['windows', SUPPORTED_WINDOW_FUNCTIONS],
])('the README, when it lists the %s, names exactly those of the code', (kind, names) => {
  expect(row(kind)).toEqual([...names].sort());
});

test.each(row('query'))(
  'the README, when it names the query operator %s, is right',
  async (name) => {
    const probes = [{ [name]: 1 }, { a: { [name]: 1 } }, { [name]: [{ a: 1 }] }];
    const answers = await Promise.all(
      probes.map((filter) =>
        server.database
          .collection('probe')
          .findOne(filter)
          .then(
            () => 'answered',
            (error: Error) => error.message,
          ),
      ),
    );
    expect(answers.every((answer) => /unknown (top level )?operator/.test(answer))).toBe(false);
  },
);

test.each(row('update'))('the README, when it names the modifier %s, is right', async (name) => {
  const error = await server.database
    .collection('probe')
    .updateOne({ none: 1 }, { [name]: { a: 1 } })
    .then(
      () => undefined,
      (caught: Error) => caught.message,
    );
  expect(error ?? '').not.toMatch(/Unknown modifier/);
});

test('an unknown modifier, when probed in the same way, is told apart', async () => {
  await expect(
    server.database.collection('probe').updateOne({}, { $nope: { a: 1 } }),
  ).rejects.toThrow(/Unknown modifier/);
});
