import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedMongoDB } from 'embedded-mongodb';
import { MongoClient } from 'mongodb';
import { pino } from 'pino';
import { describeClock } from '../../src/services/doctor/check-database';
import { checkNode, checkPort } from '../../src/services/doctor/check-machine';
import { examine } from '../../src/services/doctor/doctor.service';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-doctor-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What is not as it should be: name, state and what is said. */
async function troubles(environment: Record<string, string>): Promise<string[]> {
  const defaults = { NODE_ENV: 'test', DATA_DIR: path.join(folder, 'data'), PORT: '0' };
  const logger = pino({ level: 'silent' });
  const variables = { ...defaults, ...environment };
  const findings = await examine(variables, path.join(folder, '.env'), logger);
  expect(findings.length).toBeGreaterThan(3);
  return findings
    .filter(({ what, state }) => state !== 'ok' && what !== 'open files')
    .map(({ what, state, says }) => `${state} ${what}: ${says}`);
}

const NO_FFMPEG =
  'warning ffmpeg: none: videos play as they were uploaded, and need a thumbnail from their owner';

describe('the doctor', () => {
  test('when nothing is configured, finds that the server can run', async () => {
    expect(await troubles({})).toEqual([NO_FFMPEG]);
  });

  test('when the configuration is invalid, names every fault, and misspelt variables', async () => {
    await writeFile(path.join(folder, '.env'), 'MAX_VIDEO_BYTE=1\nPORT=0\n', { mode: 0o644 });

    expect(await troubles({ NODE_ENV: 'production', CLOUDINARY_API_KEY: 'key' })).toEqual([
      'failed configuration: CLOUDINARY_CLOUD_NAME is missing while other CLOUDINARY_* variables are set',
      'failed configuration: CLOUDINARY_API_SECRET is missing while other CLOUDINARY_* variables are set',
      'failed configuration: ACCESS_TOKEN_SECRET is required in production',
      'failed configuration: REFRESH_TOKEN_SECRET is required in production',
      'warning .env: MAX_VIDEO_BYTE is no variable of this server',
    ]);
  });

  test('when settings are valid and weak, says what they lead to', async () => {
    const found = await troubles({
      ACCESS_TOKEN_SECRET: 'short',
      CORS_ORIGIN: '*',
      PUBLIC_URL: 'https://videos.example.com',
      WEB_CONCURRENCY: '200',
      MIN_FREE_BYTES: String(Number.MAX_SAFE_INTEGER),
      FFMPEG_PATH: '/nowhere/ffmpeg',
    });

    expect(found).toEqual([
      'warning secrets: production would refuse: ACCESS_TOKEN_SECRET must be at least 32 bytes long',
      'warning secrets: production would refuse: REFRESH_TOKEN_SECRET is required in production',
      'warning NODE_ENV: NODE_ENV is test with an https PUBLIC_URL: cookies are not Secure',
      'warning CORS_ORIGIN: any page may read what needs no sign-in',
      `warning WEB_CONCURRENCY: 200 workers on ${os.availableParallelism()} cores`,
      expect.stringMatching(/^failed DATA_DIR: .* less than MIN_FREE_BYTES \(8192\.0 TiB\)$/),
      expect.stringMatching(/^failed uploads on their way: .* less than MIN_FREE_BYTES/),
      expect.stringMatching(/^failed media store: .*There is no room/),
      'failed ffmpeg: FFMPEG_PATH (/nowhere/ffmpeg): it was not found',
    ]);
  });

  test('when the database lacks an index and has a strange one, names both and changes nothing', async () => {
    const engine = await startEmbeddedMongoDB({ dataDir: path.join(folder, 'db') });
    const client = await MongoClient.connect(engine.uri);
    const tweets = client.db('videotube').collection('tweets');
    await tweets.createIndex({ mood: 1 });
    const found = await troubles({ MONGODB_URI: engine.uri });
    const indexes = await tweets.indexes();
    await client.close();
    await engine.stop();
    const gone = await troubles({
      MONGODB_URI: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=9',
    });

    expect(found).toEqual([
      NO_FFMPEG,
      expect.stringMatching(
        /^warning migrations: 0001-collections-and-indexes is pending: tweets \(index on owner/,
      ),
      'warning migrations: 0002-stored-counters is pending',
      'warning migrations: 0003-channel-totals is pending',
      'warning indexes: tweets.mood_1 is no index of ours: every write keeps it',
    ]);
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'mood_1']);
    expect(gone).toEqual([
      NO_FFMPEG,
      expect.stringMatching(/^failed database: Cannot reach the database at 127\.0\.0\.1:1/),
    ]);
  });
});

test.each([
  [0, 'ok'],
  [-4_000, 'warning'],
  [60_000, 'failed'],
])('describeClock, when the database is %i ms ahead, is %s', (skew, state) => {
  expect(describeClock(skew).state).toBe(state);
});

test.each([
  ['20.19.0', 'ok'],
  ['20.18.9', 'failed'],
  ['23.1.0', 'failed'],
  ['26.0.0', 'ok'],
])('checkNode, of Node.js %s, is %s', (version, state) => {
  expect(checkNode(version).state).toBe(state);
});

test('checkPort, when another program has the port, fails; when it is free, it is ok', async () => {
  const server = net.createServer((socket) => socket.destroy()).listen(0);
  const { port } = server.address() as AddressInfo;
  const taken = await checkPort({ port });
  await new Promise((resolve) => server.close(resolve));

  expect(taken).toMatchObject({ state: 'failed', says: `${port} is in use by another program` });
  expect(await checkPort({ port })).toMatchObject({ state: 'ok' });
});
