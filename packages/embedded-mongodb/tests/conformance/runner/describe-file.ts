import { startTestInstance, type TestInstance } from '../../support/instance';
import { reasonNotToRun } from './requirements';
import { runTest } from './run-test';
import type { UnifiedTestFile } from './schema';

/** Declares one jest test for each test of the given files, all on one engine. */
export function describeFiles(files: readonly UnifiedTestFile[]): void {
  let server: TestInstance;

  beforeAll(async () => {
    server = await startTestInstance();
  });

  afterAll(async () => {
    await server.close();
  });

  for (const file of files) {
    describe(file.description, () => {
      for (const unified of file.tests) {
        const skipped =
          unified.skipReason ??
          reasonNotToRun(file.runOnRequirements) ??
          reasonNotToRun(unified.runOnRequirements);
        const declare = skipped === undefined ? test : test.skip;
        declare(unified.description, async () => {
          const { instance, client } = server;
          await runTest({ uri: instance.uri, internal: client }, file, unified);
        });
      }
    });
  }
}
