import { randomBytes } from 'node:crypto';
import { Types, type Collection } from 'mongoose';
import { Comment } from '../../../src/models/comment.model';
import { Like } from '../../../src/models/like.model';
import { Playlist } from '../../../src/models/playlist.model';
import { Report } from '../../../src/models/report.model';
import { Session } from '../../../src/models/session.model';
import { Subscription } from '../../../src/models/subscription.model';
import { Tweet } from '../../../src/models/tweet.model';
import { TwoFactor } from '../../../src/models/two-factor.model';
import { UserFile } from '../../../src/models/user-file.model';
import { Upload } from '../../../src/models/upload.model';
import { User } from '../../../src/models/user.model';
import { Video } from '../../../src/models/video.model';
import { WatchHistory } from '../../../src/models/watch-history.model';
import { bearer } from '../accounts';
import { dataOf } from '../answers';
import type { TestServer } from '../server';
import { registerWithTwoFactor, type TwoFactorAccount } from '../two-factor';
import { seedUpload } from '../uploads';
import { seedUserFile } from '../user-files';
import { seedUser } from '../users';
import { seedVideo } from '../videos';

/** Ids of somebody's things, by the names that paths have for them. */
export type Things = Readonly<Record<string, readonly string[]>>;

/** Somebody who has one of everything and never calls while others do. */
export interface Victim {
  account: TwoFactorAccount;
  things: Things;
  /** Texts that stand in the victim's private data alone: no answer to anybody else holds one. */
  canaries: ReadonlyMap<string, string>;
  /** Everything of the victim's that nobody else may change. */
  snapshot(): Promise<Record<string, string>>;
}

const canary = (): string => `canary${randomBytes(8).toString('hex')}`;

/** Makes the victim by the API and, where that is slow or has no door, in the database. */
export async function makeVictim(server: TestServer): Promise<Victim> {
  const account = await registerWithTwoFactor(server);
  const userId = account.user._id;
  const texts = {
    'e-mail': `${canary()}@example.com`,
    'pending e-mail': `${canary()}@example.com`,
    'title of a hidden video': canary(),
    'file of a hidden video': canary(),
    'name of a private playlist': canary(),
    'address of a session': `198.51.100.${100 + Math.floor(Math.random() * 100)}`,
    'browser of a session': canary(),
    'details of a report': canary(),
    'name of a file': canary(),
    'name of an upload': canary(),
  };
  await User.updateOne(
    { _id: userId },
    { $set: { email: texts['e-mail'], pendingEmail: texts['pending e-mail'] } },
  );
  await Session.updateMany(
    { user: userId },
    {
      $set: { ip: texts['address of a session'], userAgent: texts['browser of a session'] },
    },
  );
  const [first = '', second = '', name = ''] = new URL(account.user.avatar).pathname
    .split('/')
    .slice(2);
  const picture = { first: [first], second: [second], name: [name] };
  const things = { ...(await seedThings(server, userId, texts)), ...picture };
  const secrets = await storedSecrets(userId);
  const canaries = new Map(Object.entries({ ...texts, ...secrets, ...tokensOf(account) }));
  return { account, things, canaries, snapshot: () => snapshotOf(userId) };
}

async function seedThings(
  server: TestServer,
  userId: string,
  texts: Readonly<Record<string, string>>,
): Promise<Things> {
  const hiddenFile = `videos/${texts['file of a hidden video']}.mp4`;
  const shown = await seedVideo(userId, { title: 'Shown to everybody' });
  const hidden = await seedVideo(userId, {
    title: texts['title of a hidden video'],
    isPublished: false,
    videoFile: {
      url: `/media/${hiddenFile}`,
      publicId: hiddenFile,
      resourceType: 'video',
      bytes: 1000,
      format: 'mp4',
      durationSeconds: 100,
    },
  });
  const comment = await Comment.create({ video: shown, owner: userId, content: 'A comment' });
  const tweet = await Tweet.create({ owner: userId, content: 'A tweet' });
  const playlists = await Playlist.create([
    { owner: userId, name: 'Shown', videos: [shown] },
    {
      owner: userId,
      name: texts['name of a private playlist'],
      isPublic: false,
      videos: [hidden, shown],
    },
  ]);
  const report = await Report.create({
    reporter: userId,
    targetType: 'user',
    target: await seedUser(),
    reason: 'other',
    details: texts['details of a report'],
  });
  await Like.create({ likedBy: userId, targetType: 'video', target: shown });
  await WatchHistory.create({ user: userId, video: shown, watchedAt: new Date(), progress: 7 });
  await Subscription.create({ subscriber: userId, channel: await seedUser() });
  const [session] = await Session.find({ user: userId }).lean();
  const { username } = (await User.findById(userId).lean()) ?? {};
  return {
    videoId: [hidden, shown],
    commentId: [comment._id.toString()],
    tweetId: [tweet._id.toString()],
    playlistId: playlists.map(({ _id }) => _id.toString()),
    reportId: [report._id.toString()],
    sessionId: [session?._id.toString() ?? ''],
    fileId: [await seedUserFile(userId, texts['name of a file'])],
    uploadId: [await seedUpload(server, userId, texts['name of an upload'])],
    userId: [userId],
    subscriberId: [userId],
    channelId: [userId],
    username: [username ?? ''],
    target: [shown, hidden, comment._id.toString(), userId],
  };
}

/** What the database keeps to check the victim's proofs by. */
async function storedSecrets(userId: string): Promise<Record<string, string>> {
  const user = await User.findById(userId).select('+password').lean();
  const factor = await TwoFactor.findOne({ user: userId }).lean();
  const session = await Session.findOne({ user: userId }).lean();
  if (!user || !factor || !session) throw new Error('the victim has not all that it needs');
  return {
    'hash of the password': user.password,
    'sealed secret of two-factor': factor.encryptedSecret,
    'hash of a recovery code': factor.recoveryCodeHashes[0] ?? '',
    'hash of the refresh token': session.refreshTokenHash,
  };
}

function tokensOf({ accessToken, refreshToken, sharedSecret, recoveryCodes }: TwoFactorAccount) {
  // The signatures: the rest of a token is sent by those who forge one.
  return {
    'signature of the access token': accessToken.split('.')[2] ?? '',
    'signature of the refresh token': refreshToken.split('.')[2] ?? '',
    'secret of two-factor': sharedSecret,
    'recovery code': recoveryCodes[0] ?? '',
  };
}

/** What others move by right: likes, comments, views and subscribers of what is shown. */
const MOVED_BY_OTHERS = new Set([
  'subscribersCount',
  'views',
  'likesCount',
  'commentsCount',
  'topCommentsCount',
  'repliesCount',
]);

async function snapshotOf(userId: string): Promise<Record<string, string>> {
  const id = new Types.ObjectId(userId);
  const owned: [rows: Collection, filter: Record<string, Types.ObjectId>][] = [
    [User.collection, { _id: id }],
    [Session.collection, { user: id }],
    [TwoFactor.collection, { user: id }],
    [Video.collection, { owner: id }],
    [Comment.collection, { owner: id }],
    [Tweet.collection, { owner: id }],
    [Playlist.collection, { owner: id }],
    [UserFile.collection, { owner: id }],
    [Upload.collection, { user: id }],
    [Like.collection, { likedBy: id }],
    [WatchHistory.collection, { user: id }],
    [Subscription.collection, { subscriber: id }],
    [Report.collection, { reporter: id }],
  ];
  const entries = await Promise.all(
    owned.map(async ([rows, filter]) => {
      const found = await rows.find(filter).sort({ _id: 1 }).toArray();
      return [rows.collectionName, JSON.stringify(found, withoutCounters)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

function withoutCounters(key: string, value: unknown): unknown {
  return MOVED_BY_OTHERS.has(key) ? undefined : value;
}

/** The victim's tokens still sign in: nobody has ended the session. */
export async function stillSignedIn(server: TestServer, victim: Victim): Promise<string> {
  const call = server.api().get('/api/v1/users/current-user');
  return dataOf(await call.set(bearer(victim.account.accessToken)))._id as string;
}
