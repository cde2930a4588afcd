import { Types } from 'mongoose';
import { ChannelTally, channelTallyOf } from '../../src/models/channel-tally.model';
import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
import { Subscription } from '../../src/models/subscription.model';
import { Tweet } from '../../src/models/tweet.model';
import { UserFile } from '../../src/models/user-file.model';
import { User } from '../../src/models/user.model';
import { tallyOf, VideoTally } from '../../src/models/video-tally.model';
import { Video } from '../../src/models/video.model';
import { addComment } from '../../src/services/comment.service';
import { toggleLike } from '../../src/services/like.service';
import { reconcileCounters, type Drift } from '../../src/services/reconcile/reconcile.service';
import { toggleSubscription } from '../../src/services/subscription.service';
import { addTweet } from '../../src/services/tweet.service';
import { register } from '../helpers/accounts';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: Types.ObjectId;
let bob: Types.ObjectId;
beforeAll(async () => {
  server = await startTestServer();
  ada = new Types.ObjectId((await register(server)).user._id);
  bob = new Types.ObjectId((await register(server)).user._id);
});
afterAll(() => server.stop());

async function reconcile(fix: boolean) {
  const drifts: Drift[] = [];
  const report = await reconcileCounters({ fix }, (drift) => drifts.push(drift));
  return { report, drifts: drifts.map((drift) => ({ ...drift, id: drift.id.toString() })) };
}

describe('reconcileCounters', () => {
  let video: string;
  let comment: Types.ObjectId;
  let tweet: Types.ObjectId;
  beforeEach(async () => {
    for (const model of [Video, VideoTally, ChannelTally, Like, Subscription, Comment, Tweet])
      await model.collection.deleteMany();
    await User.updateMany(
      {},
      {
        subscribersCount: 0,
        subscribedToCount: 0,
        videosCount: 0,
        allVideosCount: 0,
        tweetsCount: 0,
        storedBytes: 1145,
      },
    );
    video = await seedVideo(ada);
    await seedVideo(ada, { isPublished: false });
    await toggleLike(bob, 'video', new Types.ObjectId(video));
    await toggleSubscription({ subscriber: bob, channel: ada });
    const text = { video: new Types.ObjectId(video), owner: bob, content: 'x' };
    comment = await addComment({ ...text, parent: null });
    await addComment({ ...text, parent: comment });
    tweet = await addTweet(ada, 'x');
    await toggleLike(bob, 'comment', comment);
    await toggleLike(bob, 'tweet', tweet);
  });

  const tally = () => channelTallyOf({ _id: new Types.ObjectId(video), owner: ada });
  const strayTally = `${'f'.repeat(24)}0`;

  /** Every counter wrong in its own way, behind the back of the services. */
  async function spoil(): Promise<void> {
    await User.updateOne({ _id: ada }, { subscribersCount: 7, videosCount: -1 });
    await User.updateOne({ _id: ada }, { $unset: { allVideosCount: 1 } });
    await User.updateOne({ _id: bob }, { subscribedToCount: 0 });
    await Video.updateOne({ _id: video }, { likesCount: 9 });
    await Video.updateOne({ _id: video }, { commentsCount: 1, topCommentsCount: 2 });
    await Comment.updateOne({ _id: comment }, { likesCount: 0, repliesCount: 0 });
    await Tweet.updateOne({ _id: tweet }, { likesCount: 2 });
    await User.updateOne({ _id: ada }, { tweetsCount: 3, storedBytes: 5 });
    await User.updateOne({ _id: bob }, { $unset: { storedBytes: 1 } });
    await VideoTally.collection.deleteMany();
    await VideoTally.create({ _id: tallyOf(ada) === 'f' ? 'e' : 'f', published: 3 });
    await ChannelTally.updateOne({ _id: tally() }, { $set: { views: 7 } });
    await ChannelTally.updateOne({ _id: tally() }, { $unset: { commentsCount: 1 } });
    await ChannelTally.create({ _id: strayTally, likesCount: 2 });
  }

  test('reconcileCounters, when the product itself has counted, finds nothing', async () => {
    expect(await reconcile(false)).toEqual({
      report: {
        checked: {
          users: 2,
          videos: 2,
          comments: 2,
          tweets: 1,
          videotallies: 1,
          channeltallies: 1,
        },
        drifted: 0,
      },
      drifts: [],
    });
  });

  test('reconcileCounters, when every counter is wrong, reports each and changes none', async () => {
    await spoil();

    const { report, drifts } = await reconcile(false);

    const stray = tallyOf(ada) === 'f' ? 'e' : 'f';
    const a = ada.toString();
    expect(report.drifted).toBe(19);
    expect(new Set(drifts)).toEqual(
      new Set([
        { counter: 'users.subscribersCount', id: a, stored: 7, counted: 1 },
        { counter: 'users.subscribedToCount', id: bob.toString(), stored: 0, counted: 1 },
        { counter: 'users.videosCount', id: a, stored: -1, counted: 1 },
        { counter: 'users.allVideosCount', id: a, stored: 0, counted: 2 },
        { counter: 'users.tweetsCount', id: a, stored: 3, counted: 1 },
        // An avatar, and two videos with their thumbnails.
        { counter: 'users.storedBytes', id: a, stored: 5, counted: 1145 + 2 * 1100 },
        { counter: 'users.storedBytes', id: bob.toString(), stored: 0, counted: 1145 },
        { counter: 'videos.likesCount', id: video, stored: 9, counted: 1 },
        { counter: 'videos.commentsCount', id: video, stored: 1, counted: 2 },
        { counter: 'videos.topCommentsCount', id: video, stored: 2, counted: 1 },
        { counter: 'comments.likesCount', id: comment.toString(), stored: 0, counted: 1 },
        { counter: 'comments.repliesCount', id: comment.toString(), stored: 0, counted: 1 },
        { counter: 'tweets.likesCount', id: tweet.toString(), stored: 2, counted: 1 },
        { counter: 'videotallies.published', id: tallyOf(ada), stored: 0, counted: 1 },
        { counter: 'videotallies.published', id: stray, stored: 3, counted: 0 },
        // Sums of what the videos count now, be that wrong: once those are right, the likes are.
        { counter: 'channeltallies.likesCount', id: tally(), stored: 1, counted: 9 },
        { counter: 'channeltallies.commentsCount', id: tally(), stored: 0, counted: 1 },
        { counter: 'channeltallies.views', id: tally(), stored: 7, counted: 0 },
        { counter: 'channeltallies.likesCount', id: strayTally, stored: 2, counted: 0 },
      ]),
    );
    expect((await reconcile(false)).drifts).toEqual(drifts);
  });

  test('reconcileCounters, when told to fix, makes every counter right and edits nothing else', async () => {
    const before = await User.findById(ada).lean();
    await spoil();

    expect((await reconcile(true)).report.drifted).toBe(18);

    expect((await reconcile(false)).drifts).toEqual([]);
    expect(await User.findById(ada).lean()).toMatchObject({
      subscribersCount: 1,
      videosCount: 1,
      allVideosCount: 2,
      username: before?.username,
    });
    expect(await Video.findById(video).lean()).toMatchObject({ likesCount: 1, views: 0 });
    expect(await ChannelTally.findById(tally()).lean()).toMatchObject({
      views: 0,
      likesCount: 1,
      commentsCount: 2,
    });
  });

  test('reconcileCounters, when files are on their way and of other kinds, adds them up', async () => {
    const kind = 'document' as const;
    const file = { url: '/x', publicId: 'x', resourceType: kind, format: 'pdf', bytes: 125 };
    await UserFile.create([
      {
        owner: bob,
        asset: file,
        originalName: 'a.pdf',
        mimeType: 'application/pdf',
        kind: 'document',
      },
    ]);
    const accepted = { owner: bob, title: 'x', status: 'processing', acceptedBytes: 700 } as const;
    await Video.create([{ ...accepted, duration: 1, isPublished: false }]);
    await User.updateOne({ _id: bob }, { $inc: { allVideosCount: 1 } });

    expect((await reconcile(true)).drifts).toEqual([
      { counter: 'users.storedBytes', id: bob.toString(), stored: 1145, counted: 1145 + 825 },
    ]);

    expect(await User.findById(bob).lean()).toMatchObject({ storedBytes: 1970 });
    await UserFile.deleteMany();
  });

  test('reconcileCounters, when there are more documents than a batch, checks the last ones too', async () => {
    const ids = Array.from({ length: 1001 }, () => new Types.ObjectId());
    const owners = ids.slice(0, 501).map(() => new Types.ObjectId());
    await User.collection.insertMany(
      owners.map((_id) => ({ _id, username: _id, email: _id, allVideosCount: 1 })),
    );
    await Video.collection.insertMany(
      ids.map((_id, index) => ({
        _id,
        ...(owners[index] ? { owner: owners[index], views: 2 } : { owner: ada }),
        isPublished: false,
        likesCount: 1,
      })),
    );
    await User.updateOne({ _id: ada }, { $inc: { allVideosCount: 500 } });

    const { report } = await reconcile(true);

    expect(report).toEqual({
      checked: {
        users: 503,
        videos: 1003,
        comments: 2,
        tweets: 1,
        videotallies: 1,
        channeltallies: 1,
      },
      drifted: 1001 + 501,
    });
    expect(await Video.countDocuments({ _id: { $in: ids }, likesCount: 0 })).toBe(1001);
    expect(await ChannelTally.countDocuments({ views: 2 })).toBe(501);
    expect((await reconcile(false)).drifts).toEqual([]);
    await User.deleteMany({ _id: { $in: owners } });
  });

  test('reconcileCounters, when likes and follows go on meanwhile, ends with every counter right', async () => {
    await spoil();
    const toggles = Array.from({ length: 15 }, async () => {
      const somebody = new Types.ObjectId();
      await toggleLike(somebody, 'video', new Types.ObjectId(video));
      await toggleSubscription({ subscriber: somebody, channel: ada });
    });

    await Promise.all([...toggles, reconcile(true)]);

    expect((await reconcile(false)).drifts).toEqual([]);
    expect(await Video.findById(video).lean()).toMatchObject({ likesCount: 16 });
    expect(await User.findById(ada).lean()).toMatchObject({ subscribersCount: 16 });
  });
});
