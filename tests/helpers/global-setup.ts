import { writeOpenApiSnapshot } from './openapi-snapshot';
import { startSharedDatabase } from './shared-database';

/** What every test file would otherwise make anew. */
export default async function setUp(): Promise<void> {
  writeOpenApiSnapshot();
  await startSharedDatabase();
}
