import { deleteOpenApiSnapshot } from './openapi-snapshot';
import { stopSharedDatabase } from './shared-database';

export default async function tearDown(): Promise<void> {
  deleteOpenApiSnapshot();
  await stopSharedDatabase();
}
