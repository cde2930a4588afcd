import path from 'node:path';
import type { Test } from 'supertest';
import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
import { Playlist } from '../../src/models/playlist.model';
import { Removal } from '../../src/models/removal.model';
import { ViewMark } from '../../src/models/view-mark.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import { LocalStore } from '../../src/services/media/local-store';
import { reconcileCounters, type Drift } from '../../src/services/reconcile/reconcile.service';
import { createRemovals } from '../../src/services/removal/removal.service';
import { createLogger } from '../../src/utils/logger';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { localFiles, sendVideo } from '../helpers/media-audit';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
afterAll(() => server.stop());

const call = (
  method: 'get' | 'post' | 'patch' | 'delete',
  address: string,
  { accessToken } = bob,
): Test => server.api()[method](`/api/v1${address}`).set(bearer(accessToken));
const remove = (videoId: string, account = ada) => call('delete', `/videos/${videoId}`, account);

async function comment(address: string, account: SignedInAccount): Promise<string> {
  return dataOf(await call('post', address, account).send({ content: 'Words' }), 201)._id;
}

async function makePlaylist(account: SignedInAccount): Promise<string> {
  return dataOf(await call('post', '/playlist', account).send({ name: 'A list' }), 201)._id;
}

/** Everything that people can hang on a video. @returns the ids of its comments */
async function useVideo(videoId: string): Promise<string[]> {
  const top = await comment(`/comments/${videoId}`, bob);
  const reply = await comment(`/comments/c/${top}/replies`, ada);
  dataOf(await call('post', `/likes/toggle/v/${videoId}`));
  dataOf(await call('post', `/likes/toggle/c/${top}`, ada));
  dataOf(await call('post', `/likes/toggle/c/${reply}`));
  dataOf(await call('get', `/videos/${videoId}`));
  dataOf(await call('patch', `/playlist/add/${videoId}/${await makePlaylist(bob)}`));
  return [top, reply];
}

async function rowsOf(videoId: string, comments: readonly string[]) {
  const targets = [videoId, ...comments];
  return {
    comments: await Comment.countDocuments({ video: videoId }),
    likes: await Like.countDocuments({ target: { $in: targets } }),
    playlists: await Playlist.countDocuments({ videos: videoId }),
    history: await WatchHistory.countDocuments({ video: videoId }),
    marks: await ViewMark.countDocuments({ video: videoId }),
  };
}
const NOTHING = { comments: 0, likes: 0, playlists: 0, history: 0, marks: 0 };

async function drifts(): Promise<Drift[]> {
  const found: Drift[] = [];
  await reconcileCounters({ fix: false }, (drift) => found.push(drift));
  return found;
}

describe('DELETE /videos/:videoId', () => {
  test('a video, when deleted, takes all that hangs on it and both files along', async () => {
    const files = await localFiles(server);
    const video = dataOf(await sendVideo(server, ada.accessToken), 201);
    const kept = await seedVideo(ada.user._id);
    const comments = await useVideo(video._id);
    const keptComments = await useVideo(kept);
    expect(await rowsOf(video._id, comments)).toEqual({
      comments: 2,
      likes: 3,
      playlists: 1,
      history: 1,
      marks: 1,
    });

    expect(dataOf(await remove(video._id))).toEqual({});

    expect(await rowsOf(video._id, comments)).toEqual(NOTHING);
    expect(await rowsOf(kept, keptComments)).toMatchObject({ comments: 2, likes: 3, playlists: 1 });
    expect(await localFiles(server)).toEqual(files);
    expect((await fetch(video.videoFile)).status).toBe(404);
    expectFailure(await call('get', `/videos/${video._id}`, ada), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await call('get', `/comments/c/${comments[0]}`), 404, 'COMMENT_NOT_FOUND');
    expect(await drifts()).toEqual([]);
  });

  test.each([
    ['published', true, 1],
    ['hidden', false, 0],
  ])(
    'the totals, when a %s video is deleted, lose what it counted in',
    async (_what, isPublished, step) => {
      const owner = await registerAndLogin(server);
      await seedVideo(owner.user._id);
      const videoId = await seedVideo(owner.user._id, { isPublished });
      const totalOf = async (query: string) =>
        dataOf(await call('get', `/videos?limit=1&${query}`, owner)).totalDocs as number;
      const before = await totalOf('');

      dataOf(await remove(videoId, owner));

      expect(await totalOf('')).toBe(before - step);
      expect(await totalOf(`userId=${owner.user._id}`)).toBe(1);
      const channel = dataOf(await call('get', `/users/c/${owner.user.username}`));
      expect(channel.videosCount).toBe(1);
      expect(await drifts()).toEqual([]);
    },
  );

  test('a video, when deleted by eight requests at once, is deleted by one; the others get 404', async () => {
    const videoId = await seedVideo(ada.user._id);

    const answers = await Promise.all(Array.from({ length: 8 }, () => remove(videoId)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(404)]);
    expect(await drifts()).toEqual([]);
  });

  test('a video, when deleted while it is being used, keeps no row and no counter wrong', async () => {
    const videoId = await seedVideo(ada.user._id);
    const comments = await useVideo(videoId);
    const playlist = await makePlaylist(bob);
    const use = (): Test[] => [
      call('post', `/comments/${videoId}`).send({ content: 'Late' }),
      call('post', `/comments/c/${comments[0]}/replies`).send({ content: 'Late' }),
      call('post', `/likes/toggle/v/${videoId}`),
      call('post', `/likes/toggle/c/${comments[1]}`),
      call('get', `/videos/${videoId}`),
      call('post', `/users/history/${videoId}`).send({ progress: 5 }),
      call('patch', `/playlist/add/${videoId}/${playlist}`),
      call('patch', `/videos/toggle/publish/${videoId}`, ada),
    ];

    const [deleted, ...others] = await Promise.all([remove(videoId), ...use(), ...use()]);

    expect(deleted.status).toBe(200);
    expect(others.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    await finishRemovals();
    const written = others.flatMap(({ body }) => (body.data?.content ? [body.data._id] : []));
    expect(await rowsOf(videoId, [...comments, ...written])).toEqual(NOTHING);
    expect(await drifts()).toEqual([]);
  });

  test('a video, when it is another’s, answers 403, or 404 when it is hidden, and stays', async () => {
    const shown = await seedVideo(ada.user._id);
    const hidden = await seedVideo(ada.user._id, { isPublished: false });

    expectFailure(await remove(shown, bob), 403, 'FORBIDDEN');
    expectFailure(await remove(hidden, bob), 404, 'VIDEO_NOT_FOUND');

    dataOf(await call('get', `/videos/${shown}`, ada));
    dataOf(await call('get', `/videos/${hidden}`, ada));
  });
});

/** Has another instance of the remover do now what is due in a while. */
async function finishRemovals(): Promise<void> {
  await Removal.updateMany({}, { leasedUntil: new Date(0) });
  const mediaStore = new LocalStore(path.join(server.dataDir, 'media'));
  const removals = createRemovals({ mediaStore, logger: createLogger({ logLevel: 'silent' }) });
  removals.start();
  await eventually(async () => expect(await Removal.countDocuments()).toBe(0));
  await removals.stop();
}

coversBehaviour('DELETE /api/v1/videos/:videoId');
