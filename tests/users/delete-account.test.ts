import { Types } from 'mongoose';
import { ChannelTally, talliesOf } from '../../src/models/channel-tally.model';
import { Comment } from '../../src/models/comment.model';
import { DayViews } from '../../src/models/day-views.model';
import { Like } from '../../src/models/like.model';
import { Playlist } from '../../src/models/playlist.model';
import { Removal } from '../../src/models/removal.model';
import { Session } from '../../src/models/session.model';
import { Subscription } from '../../src/models/subscription.model';
import { Tweet } from '../../src/models/tweet.model';
import { UserFile } from '../../src/models/user-file.model';
import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { ViewMark } from '../../src/models/view-mark.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import { addComment } from '../../src/services/comment.service';
import { toggleLike } from '../../src/services/like.service';
import { createPlaylist, watchLaterOf } from '../../src/services/playlist.service';
import { addVideoToPlaylist } from '../../src/services/playlist-videos.service';
import { reconcileCounters, type Drift } from '../../src/services/reconcile/reconcile.service';
import { createRemovals } from '../../src/services/removal/removal.service';
import { LocalStore } from '../../src/services/media/local-store';
import { toggleSubscription } from '../../src/services/subscription.service';
import { addTweet } from '../../src/services/tweet.service';
import { createLogger } from '../../src/utils/logger';
import {
  bearer,
  login,
  registerAndLogin,
  sendAccountDeletion,
  sendLogin,
  sendRegistration,
  type SignedInAccount,
} from '../helpers/accounts';
import { cookiesOf, dataOf, expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { localFiles, sendVideo } from '../helpers/media-audit';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedUserFile } from '../helpers/user-files';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const idOf = ({ user }: SignedInAccount) => new Types.ObjectId(user._id);

async function drifts(): Promise<Drift[]> {
  const found: Drift[] = [];
  await reconcileCounters({ fix: false }, (drift) => found.push(drift));
  return found;
}

/** How many rows name this person, by collection. */
async function rowsOf(person: Types.ObjectId): Promise<Record<string, number>> {
  return {
    users: await User.countDocuments({ _id: person }),
    sessions: await Session.countDocuments({ user: person }),
    videos: await Video.countDocuments({ owner: person }),
    comments: await Comment.countDocuments({ owner: person }),
    likes: await Like.countDocuments({ likedBy: person }),
    tweets: await Tweet.countDocuments({ owner: person }),
    playlists: await Playlist.countDocuments({ owner: person }),
    subscriptions: await Subscription.countDocuments({
      $or: [{ subscriber: person }, { channel: person }],
    }),
    history: await WatchHistory.countDocuments({ user: person }),
    viewMarks: await ViewMark.countDocuments({ viewer: person.toString() }),
    dayViews: await DayViews.countDocuments({ owner: person }),
    channelTallies: await ChannelTally.countDocuments(talliesOf(person)),
    files: await UserFile.countDocuments({ owner: person }),
  };
}

const NOTHING = {
  users: 0,
  sessions: 0,
  videos: 0,
  comments: 0,
  likes: 0,
  tweets: 0,
  playlists: 0,
  subscriptions: 0,
  history: 0,
  viewMarks: 0,
  dayViews: 0,
  channelTallies: 0,
  files: 0,
};

/** Both people have one of everything, on their own things and on each other's. */
async function mingle(ada: Types.ObjectId, bob: Types.ObjectId) {
  const videos = {
    ada: new Types.ObjectId(await seedVideo(ada)),
    hidden: new Types.ObjectId(await seedVideo(ada, { isPublished: false })),
    bob: new Types.ObjectId(await seedVideo(bob)),
  };
  for (const [owner, other] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    await toggleSubscription({ subscriber: owner, channel: other });
    const tweet = await addTweet(owner, 'x');
    await toggleLike(ada, 'tweet', tweet);
    await toggleLike(bob, 'tweet', tweet);
    for (const video of [videos.ada, videos.bob]) {
      const parent = await addComment({ video, owner, parent: null, content: 'x' });
      await addComment({ video, owner, parent, content: 'own reply' });
      await addComment({ video, owner: other, parent, content: 'reply' });
      await toggleLike(ada, 'comment', parent);
      await toggleLike(bob, 'comment', parent);
      await toggleLike(owner, 'video', video);
      await WatchHistory.create({ user: owner, video, watchedAt: new Date() });
      const expiresAt = new Date(Date.now() + 1e6);
      await ViewMark.create({ video, viewer: owner.toString(), expiresAt });
    }
    const list = { name: 'x', description: '', isPublic: true };
    await addVideoToPlaylist(await createPlaylist(owner, list), videos.ada, owner);
    await addVideoToPlaylist((await watchLaterOf(owner))._id, videos.bob, owner);
    await DayViews.create({ owner, day: new Date(0), views: 3 });
    await seedUserFile(owner);
  }
  return videos;
}

describe('DELETE /users/current-user', () => {
  test('delete, when the account has one of everything, removes it all and leaves every counter right', async () => {
    const [ada, bob] = [await registerAndLogin(server), await registerAndLogin(server)];
    const videos = await mingle(idOf(ada), idOf(bob));

    const answer = await sendAccountDeletion(server, ada.accessToken, { password: ada.password });

    expect(dataOf(answer)).toEqual({});
    await eventually(async () => expect(await rowsOf(idOf(ada))).toEqual(NOTHING));
    expect(await rowsOf(idOf(bob))).toEqual({
      users: 1,
      sessions: 1,
      videos: 1,
      // On his own video: his thread with his own reply; his reply to Ada went with her thread.
      comments: 2,
      // Of his tweet, of his thread, of his video.
      likes: 3,
      tweets: 1,
      playlists: 2,
      subscriptions: 0,
      history: 1,
      viewMarks: 1,
      dayViews: 1,
      channelTallies: 1,
      files: 1,
    });
    expect(await drifts()).toEqual([]);
    expect(await Video.findById(videos.bob).lean()).toMatchObject({
      likesCount: 1,
      commentsCount: 2,
      topCommentsCount: 1,
    });
    expect(await Playlist.find({ owner: idOf(bob), kind: 'list' }).lean()).toMatchObject([
      { videos: [] },
    ]);
  });

  test('delete, when it is done, ends every session, clears the cookies and frees name and address', async () => {
    const ada = await registerAndLogin(server);
    const phone = await login(server, ada);
    const { username, email, fullName } = ada.user;

    const answer = await sendAccountDeletion(server, ada.accessToken, { password: ada.password });

    expect(cookiesOf(answer)).toMatchObject({
      accessToken: { value: '', attributes: { path: '/' } },
      refreshToken: { value: '', attributes: { path: '/api/v1/users' } },
    });
    for (const { accessToken, refreshToken } of [ada, phone]) {
      const current = server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
      expectFailure(await current, 401, 'TOKEN_INVALID');
      const refresh = server.api().post('/api/v1/users/refresh-token').send({ refreshToken });
      expectFailure(await refresh, 401, 'TOKEN_INVALID');
    }
    const { password } = ada;
    expectFailure(await sendLogin(server, { username, password }), 401, 'INVALID_CREDENTIALS');
    expectFailure(await server.api().get(`/api/v1/users/c/${username}`), 404, 'CHANNEL_NOT_FOUND');
    dataOf(await sendRegistration(server, { username, email, fullName, password }), 201);
  });

  test('delete, when there were files, leaves none of them and those of others', async () => {
    const bob = await registerAndLogin(server);
    dataOf(await sendVideo(server, bob.accessToken), 201);
    const before = await localFiles(server);
    const ada = await registerAndLogin(server);
    dataOf(await sendVideo(server, ada.accessToken), 201);

    dataOf(await sendAccountDeletion(server, ada.accessToken, { password: ada.password }));

    await eventually(async () => expect(await localFiles(server)).toEqual(before));
  });

  test('delete, when there are more rows than one batch, removes them all', async () => {
    const [ada, bob] = [await registerAndLogin(server), await registerAndLogin(server)];
    const people = Array.from({ length: 250 }, () => new Types.ObjectId());
    const subscribers = people.map((subscriber) => ({ subscriber, channel: idOf(ada) }));
    await Subscription.insertMany(subscribers);
    await User.collection.updateOne({ _id: idOf(ada) }, { $set: { subscribersCount: 250 } });
    const history = people.map((video) => ({ user: idOf(ada), video, watchedAt: new Date() }));
    await WatchHistory.insertMany(history);
    const target = await addTweet(idOf(bob), 'liked by her');
    await toggleLike(idOf(ada), 'tweet', target);
    await Like.insertMany(
      people.map((video) => ({ likedBy: idOf(ada), targetType: 'video', target: video })),
    );

    dataOf(await sendAccountDeletion(server, ada.accessToken, { password: ada.password }));

    await eventually(async () => expect(await rowsOf(idOf(ada))).toEqual(NOTHING));
    expect(await Tweet.findById(target).lean()).toMatchObject({ likesCount: 0 });
    expect(await drifts()).toEqual([]);
  });

  test('delete, when others act on the same things meanwhile, leaves every counter right', async () => {
    const [ada, bob] = [await registerAndLogin(server), await registerAndLogin(server)];
    const videos = await mingle(idOf(ada), idOf(bob));
    const strangers = [await registerAndLogin(server), await registerAndLogin(server)].map(idOf);
    const threads = await Comment.find({ parent: null, owner: idOf(ada) }).lean();
    const act = async (person: Types.ObjectId): Promise<void> => {
      const videoIds = [videos.ada, videos.bob];
      await Promise.allSettled([
        ...videoIds.map((video) => toggleLike(person, 'video', video)),
        ...videoIds.map((video) => comment(video, null)),
        ...threads.map(({ _id, video }) => comment(video, _id)),
        toggleSubscription({ subscriber: person, channel: idOf(ada) }),
      ]);
      function comment(video: Types.ObjectId, parent: Types.ObjectId | null) {
        return addComment({ video, owner: person, parent, content: 'x' });
      }
    };

    // Whatever is gone by then is refused, which is right.
    const [answer] = await Promise.all([
      sendAccountDeletion(server, ada.accessToken, { password: ada.password }),
      ...strangers.map(act),
    ]);

    dataOf(answer);
    await eventually(async () => expect(await rowsOf(idOf(ada))).toEqual(NOTHING));
    await eventually(async () => expect(await drifts()).toEqual([]));
    expect(await Video.countDocuments({ _id: videos.bob })).toBe(1);
  });

  test('delete, when an upload is on its way, keeps neither the video nor its files', async () => {
    const before = await localFiles(server);
    const ada = await registerAndLogin(server);
    const store = LocalStore.prototype.store;
    let deleted = false;
    jest.spyOn(LocalStore.prototype, 'store').mockImplementation(async function (
      this: LocalStore,
      ...parameters
    ) {
      const stored = await store.apply(this, parameters);
      if (!deleted) {
        deleted = true;
        dataOf(await sendAccountDeletion(server, ada.accessToken, { password: ada.password }));
      }
      return stored;
    });

    const answer = await sendVideo(server, ada.accessToken);

    jest.restoreAllMocks();
    expectFailure(answer, 401, 'TOKEN_INVALID');
    await eventually(async () => expect(await rowsOf(idOf(ada))).toEqual(NOTHING));
    await eventually(async () => expect(await localFiles(server)).toEqual(before));
    expect(await drifts()).toEqual([]);
  });

  test('delete, when a request of the account lands after it, clears that away later', async () => {
    const [ada, bob] = [await registerAndLogin(server), await registerAndLogin(server)];
    const video = new Types.ObjectId(await seedVideo(idOf(bob)));
    dataOf(await sendAccountDeletion(server, ada.accessToken, { password: ada.password }));
    await addComment({ video, owner: idOf(ada), parent: null, content: 'too late' });
    await toggleLike(idOf(ada), 'video', video);

    await Removal.updateMany({ target: idOf(ada) }, { leasedUntil: new Date(0) });
    const removals = createRemovals({
      mediaStore: new LocalStore(server.dataDir),
      logger: createLogger({ logLevel: 'silent' }),
    });
    removals.start();

    await eventually(async () => expect(await rowsOf(idOf(ada))).toEqual(NOTHING));
    await eventually(async () =>
      expect(await Removal.countDocuments({ target: idOf(ada) })).toBe(0),
    );
    await removals.stop();
    expect(await drifts()).toEqual([]);
  });
});

coversBehaviour('DELETE /api/v1/users/current-user');
