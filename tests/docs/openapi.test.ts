import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { createDefaultOpenApi } from '../../src/docs/describe-api';

const LINTER = path.join(__dirname, '..', 'helpers', 'lint-openapi.mjs');

/** What the linter finds in a document, as [rule, place, message]. */
function lint(document: object, rules: Readonly<Record<string, 'off'>> = {}): string[][] {
  const { stdout, stderr } = spawnSync(process.execPath, [LINTER, JSON.stringify(rules)], {
    input: JSON.stringify(document),
    encoding: 'utf8',
    // Nothing is fetched, and no telemetry is sent.
    env: { REDOCLY_TELEMETRY: 'off' },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

describe('the OpenAPI document', () => {
  // On a public address: the linter warns of localhost, as it should in a published document.
  const openApi = createDefaultOpenApi('https://videotube.test');

  test('the document, when linted by the recommended rules, has no error and no warning', () => {
    expect(lint(openApi)).toEqual([]);
  });

  test('the linter, when a document is wrong, says so', () => {
    const problems = lint({ ...openApi, paths: { ...openApi.paths, '/x': { get: {} } } });

    expect(problems.map(([rule]) => rule)).toContain('security-defined');
  });
});
