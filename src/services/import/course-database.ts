import { mongo } from 'mongoose';

const SERVER_SELECTION_MILLISECONDS = 8_000;

/** The database of a course backend, open for reading. */
export interface CourseDatabase {
  db: mongo.Db;
  close(): Promise<void>;
}

/**
 * @param uri names the database, as in mongodb://127.0.0.1:27017/videotube
 * @throws Error with one sentence when it cannot be reached, or holds nothing of a course backend
 */
export async function openCourseDatabase(uri: string): Promise<CourseDatabase> {
  const client = new mongo.MongoClient(uri, {
    serverSelectionTimeoutMS: SERVER_SELECTION_MILLISECONDS,
    // Another database may be written to meanwhile; this one is only read.
    retryWrites: false,
  });
  try {
    await client.connect();
    const db = client.db();
    const names = await db.listCollections({}, { nameOnly: true }).toArray();
    if (!names.some(({ name }) => name === 'users')) {
      throw new Error(`The database ${db.databaseName} of --from has no collection users`);
    }
    return { db, close: () => client.close() };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * Whether two addresses lead to one database: it would be read and written at the same time. Names of
 * one machine that differ are not seen through.
 */
export function isSameDatabase(one: string, other: string): boolean {
  const [a, b] = [one, other].map(placeOf);
  return a?.name === b?.name && Boolean(a?.hosts.some((host) => b?.hosts.includes(host)));
}

function placeOf(uri: string): { name: string; hosts: string[] } {
  const { options } = new mongo.MongoClient(uri);
  const hosts = options.srvHost ? [options.srvHost] : options.hosts.map(String);
  return {
    name: options.dbName,
    hosts: hosts.map((host) => host.replace('localhost', '127.0.0.1')),
  };
}
