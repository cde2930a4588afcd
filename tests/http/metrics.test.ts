import { stat } from 'node:fs/promises';
import { pino } from 'pino';
import { createMetrics } from '../../src/services/metrics/metrics.service';
import { fixture } from '../helpers/fixtures';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

const TOKEN = 'a-token-for-the-metrics';

/** The value of one series; undefined when the page has none with this name and these labels. */
function valueOf(page: string, series: string): number | undefined {
  const line = page.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('GET /metrics, asked from this machine', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const metrics = async () => (await server.api().get('/metrics').expect(200)).text;

  test('when routes have answered, counts them by pattern and status, and never names an address', async () => {
    const { user } = await registerAndLogin(server);
    const videoId = await seedVideo(user._id);
    await server.api().get(`/api/v1/videos/${videoId}`).expect(200);
    await server
      .api()
      .get(`/api/v1/videos/${'0'.repeat(24)}`)
      .expect(404);
    await server.api().get('/nowhere/secret-path').expect(404);

    const page = await metrics();

    const video = 'method="GET",route="/api/v1/videos/:videoId"';
    expect(valueOf(page, `http_requests_total{${video},status="200"}`)).toBe(1);
    expect(valueOf(page, `http_requests_total{${video},status="404"}`)).toBe(1);
    expect(valueOf(page, `http_request_duration_seconds_count{${video}}`)).toBe(2);
    const other = 'http_requests_total{method="GET",route="other",status="404"}';
    expect(valueOf(page, other)).toBe(1);
    // This very request.
    expect(valueOf(page, 'http_requests_in_flight')).toBe(1);
    expect(page).not.toContain('secret-path');
    expect(page).not.toContain(videoId);
  });

  test('when methods and addresses are made up, grows by nothing', async () => {
    await server.api().get('/nowhere/0');
    const before = (await metrics()).split('\n').length;

    for (const index of Array.from({ length: 20 }).keys()) {
      await server.api().get(`/nowhere/${index}?page=${index}`);
    }

    expect((await metrics()).split('\n').length - before).toBeLessThan(20);
  });

  test('when a file was sent, tells its bytes, and that none is on its way now', async () => {
    const { accessToken } = await registerAndLogin(server);
    const before = valueOf(await metrics(), 'videotube_upload_bytes_total') ?? 0;
    const { size } = await stat(fixture('picture.png'));
    await server
      .api()
      .patch('/api/v1/users/avatar')
      .set(bearer(accessToken))
      .attach('avatar', fixture('picture.png'))
      .expect(200);

    const page = await metrics();

    expect(valueOf(page, 'videotube_upload_bytes_total')).toBeGreaterThan(before + size);
    expect(valueOf(page, 'videotube_uploads_in_flight')).toBe(0);
  });

  test('always tells of the database, its connections, the work that waits, and the process', async () => {
    const page = await metrics();

    expect(page).toMatch(/^videotube_database_up\{kind="(embedded|external)"\} 1$/m);
    expect(page).toMatch(/^videotube_database_connections\{state="in_use"\} \d+$/m);
    expect(page).toMatch(/^videotube_database_connections\{state="idle"\} \d+$/m);
    expect(valueOf(page, 'videotube_database_operations_waiting')).toBe(0);
    expect(valueOf(page, 'videotube_media_jobs{kind="publish",state="waiting"}')).toBe(0);
    expect(valueOf(page, 'videotube_media_jobs{kind="renditions",state="dead"}')).toBe(0);
    expect(valueOf(page, 'videotube_removals_waiting')).toBe(0);
    expect(valueOf(page, 'videotube_resumable_uploads')).toBe(0);
    expect(valueOf(page, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(valueOf(page, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  test('when the database does not answer, says so, and not late', async () => {
    const pool = { open: 0, inUse: 0, waiting: 0, failedCheckouts: 0 };
    const ping = () => new Promise<void>(() => undefined);
    const { page } = createMetrics({
      config: {},
      logger: pino({ level: 'silent' }),
      database: { kind: 'external', pool, ping },
    });

    expect(await page()).toMatch(/^videotube_database_up\{kind="external"\} 0$/m);
  });

  test.each(['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP'])(
    'when a proxy has passed it on, as %s says, is refused',
    async (name) => {
      expectFailure(await server.api().get('/metrics').set(name, '203.0.113.7'), 403, 'FORBIDDEN');
    },
  );
});

describe('GET /metrics, with METRICS_TOKEN', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { METRICS_TOKEN: TOKEN } });
  });
  afterAll(() => server.stop());

  test('when the token is shown, answers, through a proxy too', async () => {
    const answer = await server
      .api()
      .get('/metrics')
      .set('Authorization', `Bearer ${TOKEN}`)
      .set('X-Forwarded-For', '203.0.113.7');

    expect(answer.status).toBe(200);
    expect(answer.text).toContain('# TYPE http_requests_total counter');
  });

  test.each([undefined, 'Bearer another-token-of-them', `Basic ${TOKEN}`])(
    'when %s is shown, is refused, from this machine too',
    async (shown) => {
      const call = server.api().get('/metrics');
      expectFailure(await (shown ? call.set('Authorization', shown) : call), 403, 'FORBIDDEN');
    },
  );
});

coversBehaviour('GET /metrics');
