import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
beforeAll(async () => {
  // Only the first view is written at once; the others wait in memory.
  server = await startTestServer({ env: { VIEW_FLUSH_SECONDS: '3600' } });
});
afterAll(() => server.stop());

describe('views that are not written yet', () => {
  test.each(['/users/history', '/likes/videos'])(
    'GET %s, when a video was just opened three times, shows all three views',
    async (path) => {
      const owner = await registerAndLogin(server);
      const people = [
        await registerAndLogin(server),
        await registerAndLogin(server),
        await registerAndLogin(server),
      ];
      const viewer = bearer(people[0]?.accessToken ?? '');
      const videoId = await seedVideo(owner.user._id, { title: 'opened' });
      await server.api().post(`/api/v1/likes/toggle/v/${videoId}`).set(viewer).expect(200);
      for (const { accessToken } of people) {
        await server.api().get(`/api/v1/videos/${videoId}`).set(bearer(accessToken)).expect(200);
      }

      const videos = dataOf(await server.api().get(`/api/v1${path}`).set(viewer));

      expect(videos).toEqual([expect.objectContaining({ _id: videoId, views: 3 })]);
    },
  );
});
