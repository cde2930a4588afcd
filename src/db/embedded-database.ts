import { access } from 'node:fs/promises';
import path from 'node:path';
import { findAnnouncedDatabase } from './database-address';

/** Where the embedded engine keeps its files. */
export function embeddedDatabaseFolder(dataDir: string): string {
  return path.join(dataDir, 'db');
}

/** Whether a server serves the embedded database of DATA_DIR, or one has begun it some time. */
export async function isEmbeddedDatabaseThere(dataDir: string): Promise<boolean> {
  if ((await findAnnouncedDatabase(dataDir)) !== undefined) return true;
  return access(path.join(embeddedDatabaseFolder(dataDir), 'data.mdb')).then(
    () => true,
    () => false,
  );
}
