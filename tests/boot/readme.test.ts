import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startTestServer, type TestServer } from '../helpers/server';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '..', '..');
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('README.md', () => {
  test('the curl story, when pasted line by line, ends with the video in the history', async () => {
    const story = /^API=http[\s\S]*?(?=^```)/m.exec(README)?.[0] ?? '';
    const script = story
      .replace('http://localhost:8000', server.url)
      .replaceAll('.data/', `${server.dataDir}/`)
      // Each answer on a line of its own, and only answers.
      .replaceAll('curl ', 'curl --silent --show-error --write-out "\\n" ');

    const { stdout } = await run('bash', ['-euc', script], { cwd: ROOT });

    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 200, 200, 200]);
    const [registered, , watched, history] = answers.map(({ data }) => data);
    expect(watched).toMatchObject({ title: 'My first video', owner: { _id: registered._id } });
    expect(history).toEqual([expect.objectContaining({ _id: watched._id })]);
  });

  test.each(['npm ci && npm start', 'npm ci && npm test'])('it shows %s', (command) => {
    expect(README).toContain(command);
  });
});

describe('.env.sample', () => {
  const read = (...parts: string[]) => readFileSync(path.join(ROOT, ...parts), 'utf8');

  test('.env.sample, when the configuration reads a variable, has a line for it', () => {
    const schema = read('src', 'config', 'environment.schema.ts');
    const names = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name);
    const sample = read('.env.sample');

    expect(names.length).toBeGreaterThan(20);
    const missing = [...names, 'ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET'].filter(
      (name) => !sample.includes(`\n# ${name}=`),
    );
    expect(missing).toEqual([]);
  });

  test('.env.sample, when it has a line, has it for a variable that is read', () => {
    const config = ['environment.schema.ts', 'config.ts'].map((file) =>
      read('src', 'config', file),
    );
    const names = [...read('.env.sample').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);

    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !config.join().includes(name ?? ''))).toEqual([]);
  });
});
