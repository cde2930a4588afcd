import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createPostmanFiles } from '../../src/docs/describe-api';
import { variablesIn } from '../../src/docs/example-values';
import { OPERATIONS } from '../../src/docs/operations';
import type { PostmanCollection, PostmanEnvironment } from '../../src/docs/postman/types';
import { registerAs } from '../helpers/roles';
import { startTestServer, type TestServer } from '../helpers/server';

const FOLDER = path.join(__dirname, '..', '..', 'postman');
const COLLECTION = 'videotube.postman_collection.json';
const ENVIRONMENT = 'videotube.postman_environment.json';
const RUNNER = path.join(__dirname, '..', 'helpers', 'run-collection.mjs');

interface RunReport {
  stats: Record<'requests' | 'assertions', { total: number; failed: number }>;
  /** Names of requests, and what is wrong with them. */
  faults: [request: string, message: string][];
}

/** Runs the committed collection against a server, as a person with newman would. */
async function runCollection(values: Record<string, string>): Promise<RunReport> {
  const files = [path.join(FOLDER, COLLECTION), path.join(FOLDER, ENVIRONMENT)];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [RUNNER, ...files, JSON.stringify(values), FOLDER],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as RunReport;
}

const generated = createPostmanFiles();
const collection = JSON.parse(generated[COLLECTION] ?? '') as PostmanCollection;
const environment = JSON.parse(generated[ENVIRONMENT] ?? '') as PostmanEnvironment;
const items = collection.item.flatMap(({ item }) => item);

describe('the Postman collection', () => {
  test.each([COLLECTION, ENVIRONMENT])(
    '%s, when generated again, is what is committed; otherwise run `npm run postman`',
    async (name) => {
      expect(await readFile(path.join(FOLDER, name), 'utf8')).toBe(generated[name]);
    },
  );

  test('the collection, when compared with the operations, has a request with a saved answer for each', () => {
    const names = new Set(items.map(({ name }) => name));
    const operations = Object.values(OPERATIONS).filter(({ aliasOf }) => aliasOf === undefined);

    expect(operations.map(({ summary }) => summary).filter((name) => !names.has(name))).toEqual([]);
    expect(items.filter(({ response }) => response[0]?.body === undefined)).toEqual([]);
  });

  test('a request, when it uses a variable, comes after the request that fills it', () => {
    const filled = new Set(environment.values.map(({ key }) => key));
    const early = items.flatMap(({ name, request, event }) => {
      const scripts = (listen: string) =>
        event.filter((one) => one.listen === listen).flatMap(({ script }) => script.exec);
      const fill = (listen: string) => {
        for (const [, variable = ''] of scripts(listen)
          .join('\n')
          .matchAll(/collectionVariables\.set\('(\w+)'/g)) {
          filled.add(variable);
        }
      };
      fill('prerequest');
      const missing = variablesIn(request).filter((variable) => !filled.has(variable));
      fill('test');
      return missing.map((variable) => `${name} needs {{${variable}}}`);
    });

    expect(early.filter((fault) => !fault.includes('{{accessToken}}'))).toEqual([]);
  });

  describe('run by newman', () => {
    let server: TestServer;
    let values: Record<string, string>;
    beforeAll(async () => {
      server = await startTestServer();
      const { user, password } = await registerAs(server, 'admin');
      values = { server: server.url, adminUsername: user.username, adminPassword: password };
    });
    afterAll(() => server.stop());

    test('the collection, when run twice on one fresh server, is green both times', async () => {
      for (const run of [await runCollection(values), await runCollection(values)]) {
        const { faults, stats } = run;

        expect(faults).toEqual([]);
        expect(stats.requests).toMatchObject({ total: items.length, failed: 0 });
        expect(stats.assertions.total).toBeGreaterThan(items.length);
      }
    });
  });
});
