import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUPPORTED_STAGES } from '../../src/aggregate/registry';
import { SUPPORTED_WINDOW_FUNCTIONS } from '../../src/aggregate/window/functions';
import { SUPPORTED_ACCUMULATORS } from '../../src/expression/accumulators/registry';
import { SUPPORTED_OPERATORS } from '../../src/expression/registry';

const CASES = join(__dirname, 'cases');
const TEXT = readdirSync(CASES)
  .map((name) => readFileSync(join(CASES, name), 'utf8'))
  .join('\n');
const README = readFileSync(join(__dirname, '../../README.md'), 'utf8');

/** The names in one row of the README's table of supported names. */
function row(kind: string): string[] {
  const cell = new RegExp(`^\\| ${kind} +\\| (.*) \\|$`, 'm').exec(README)?.[1] ?? '';
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

test.each([
  ['stage', SUPPORTED_STAGES],
  ['accumulator', SUPPORTED_ACCUMULATORS],
  ['window function', SUPPORTED_WINDOW_FUNCTIONS],
  ['expression', SUPPORTED_OPERATORS],
  ['query operator', row('query')],
  ['update operator', row('update')],
])('the conformance cases, for each %s that the engine has, hold one', (_kind, names) => {
  const missing = names.filter((name) => !new RegExp(`\\${name}: `).test(TEXT));
  expect(names.length).toBeGreaterThan(10);
  expect(missing).toEqual([]);
});
