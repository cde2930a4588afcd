import { OPERATIONS } from '../../src/docs/operations';
import { expectFailure } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('GET /api/v1/openapi.json', () => {
  const get = () => server.api().get('/api/v1/openapi.json');

  test('the document, when asked for, is plain JSON that names this server and every operation', async () => {
    const { body, type } = await get();

    expect(type).toBe('application/json');
    expect(body).toMatchObject({ openapi: '3.1.1', servers: [{ url: server.url }] });
    const operations = Object.values(body.paths as Record<string, object>).flatMap(Object.keys);
    expect(operations).toHaveLength(Object.keys(OPERATIONS).length);
  });

  test('the document, when the caller has it already, is not sent again', async () => {
    const { headers } = await get();

    const again = await get().set('If-None-Match', String(headers.etag));

    expect(again.status).toBe(304);
    expect(again.text).toBe('');
  });

  test('the document, when sent to, answers 405', async () => {
    expectFailure(await server.api().post('/api/v1/openapi.json'), 405, 'METHOD_NOT_ALLOWED');
  });

  test.each([
    ['read', 'getVideos', 300_000],
    ['upload', 'postVideos', 100_000],
    ['credentials', 'postUsersLogin', 100_000],
  ])(
    'an operation, when it is limited as %s, says how many calls a minute',
    async (name, operationId, perMinute) => {
      const { body } = await get();

      const operations = Object.values(body.paths as Record<string, object>).flatMap(Object.values);
      const operation = operations.find((candidate) => candidate.operationId === operationId);
      expect(operation['x-rate-limit']).toMatchObject({ class: name, perMinute });
    },
  );
});

describe('GET /api/v1/docs', () => {
  test('the page, when asked for, may load from its own origin alone', async () => {
    const { headers, text } = await server.api().get('/api/v1/docs');

    expect(text).toContain('<title>VideoTube API</title>');
    expect(text.match(/(src|href)="(?!\/api\/v1\/docs\/)[^"#]*"/g)).toBeNull();
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect(headers['content-security-policy']).toContain(`connect-src 'self' ${server.url}`);
  });

  test.each(['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-init.js', 'favicon-32x32.png'])(
    'its %s, when asked for, comes from this server',
    async (name) => {
      expect((await server.api().get(`/api/v1/docs/${name}`)).status).toBe(200);
    },
  );

  test('a file of the package, when it is none of the page’s, answers 404', async () => {
    const answer = await server.api().get('/api/v1/docs/package.json');

    expectFailure(answer, 404, 'ROUTE_NOT_FOUND');
  });
});

coversBehaviour('GET /api/v1/openapi.json');
coversBehaviour('GET /api/v1/docs');
