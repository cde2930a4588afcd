import request from 'supertest';
import { accountFields, bearer } from '../helpers/accounts';
import { loginAt, publishAt, registerAt, serverRuns } from '../helpers/server-runs';

/** Writes views so seldom that after the first one only a stop does. */
const start = serverRuns({ VIEW_FLUSH_SECONDS: '3600' });

test('views, when the server is stopped by SIGTERM before they are written, are all there afterwards', async () => {
  const first = start();
  const firstUrl = await first.ready();
  const account = accountFields();
  expect(await registerAt(firstUrl, account)).toBe(201);
  const accessToken = await loginAt(firstUrl, account);
  const videoIds = [
    await publishAt(firstUrl, accessToken, 'Watched'),
    await publishAt(firstUrl, accessToken, 'Watched too'),
  ];
  const watchers = Array.from({ length: 40 }, (_value, index) => `browser ${index}`);

  await Promise.all(
    watchers.map((browser, index) =>
      request(firstUrl)
        .get(`/api/v1/videos/${videoIds[index % 4 === 0 ? 1 : 0]}`)
        .set('User-Agent', browser)
        .expect(200),
    ),
  );
  first.child.kill('SIGTERM');
  expect(await first.exited()).toEqual({ code: 0, signal: null });
  const url = await start().ready();

  const dashboard = (address: string) =>
    request(url).get(`/api/v1/dashboard/${address}`).set(bearer(accessToken)).expect(200);
  const { body: videos } = await dashboard('videos');
  const { body: stats } = await dashboard('stats');
  const { body: days } = await dashboard('views?days=2');
  const viewsById = Object.fromEntries(
    videos.data.map(({ _id, views }: { _id: string; views: number }) => [_id, views]),
  );
  expect(viewsById).toEqual({ [videoIds[0]!]: 30, [videoIds[1]!]: 10 });
  expect(stats.data.totalViews).toBe(40);
  const daily = days.data.map(({ views }: { views: number }) => views);
  expect(daily[0] + daily[1]).toBe(40);
});
