// A process of its own: the linter is ES modules all the way down, which jest cannot load.
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { text } from 'node:stream/consumers';

const config = await createConfig({ extends: ['recommended'], rules: JSON.parse(process.argv[2]) });
const problems = await lintFromString({ source: await text(process.stdin), config });
const lines = problems.map(({ ruleId, message, location: [location] }) => [
  ruleId,
  location?.pointer ?? '',
  message,
]);
process.stdout.write(JSON.stringify(lines));
