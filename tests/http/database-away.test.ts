import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedMongoDB } from 'embedded-mongodb';
import { dataOf, expectFailure } from '../helpers/answers';
import { startTestServer } from '../helpers/server';

describe('the database, when it goes away and comes back', () => {
  test('requests answer 503 with Retry-After meanwhile, and 200 again afterwards', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'videotube-away-'));
    // On a socket in the folder: nobody else can take the address meanwhile, as they could a port.
    const first = await startEmbeddedMongoDB({ dataDir });
    const server = await startTestServer({ env: { MONGODB_URI: first.uri } });

    await first.stop();
    const away = await server.api().get('/api/v1/videos');
    const notReady = await server.api().get('/readyz');
    const alive = await server.api().get('/api/v1/healthcheck');
    const second = await startEmbeddedMongoDB({ dataDir });
    const back = await server.api().get('/api/v1/videos');
    await server.stop();
    await second.stop();
    await rm(dataDir, { recursive: true });

    expectFailure(away, 503, 'DATABASE_UNAVAILABLE');
    expect(away.headers['retry-after']).toBe('5');
    expectFailure(notReady, 503, 'NOT_READY');
    expect(dataOf(alive).status).toBe('ok');
    expect(dataOf(back).docs).toEqual([]);
  });
});
