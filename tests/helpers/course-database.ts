import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedMongoDB } from 'embedded-mongodb';
import { MongoClient, type Db } from 'mongodb';

export interface RunningCourseDatabase {
  readonly uri: string;
  readonly db: Db;
  stop(): Promise<void>;
}

/** A second database, empty and with no index, as a course backend finds it. */
export async function startCourseDatabase(): Promise<RunningCourseDatabase> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'videotube-course-'));
  const engine = await startEmbeddedMongoDB({ dataDir: path.join(root, 'db') });
  const uri = engine.uri.replace('/?', '/course?');
  const client = await MongoClient.connect(uri);
  return {
    uri,
    db: client.db(),
    stop: async () => {
      await client.close();
      await engine.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
