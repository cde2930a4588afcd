import { BSON } from 'mongodb';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFiles } from './runner/describe-file';
import type { UnifiedTestFile } from './runner/schema';

/**
 * MongoDB's own driver specification tests, for whoever has a copy of them:
 * `CONFORMANCE_SUITES=/path/to/folder` names a folder that is searched for unified test files (JSON).
 */
const folder = process.env.CONFORMANCE_SUITES;

function filesBelow(directory: string): UnifiedTestFile[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => BSON.EJSON.parse(readFileSync(join(directory, name), 'utf8')) as UnifiedTestFile)
    .filter(({ schemaVersion }) => schemaVersion?.startsWith('1.'));
}

if (folder) describeFiles(filesBelow(folder));
else
  test.skip('published suites, when CONFORMANCE_SUITES names a folder, are run', () => undefined);
