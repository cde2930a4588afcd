import { Types } from 'mongoose';
import { Comment } from '../../src/models/comment.model';
import { Playlist } from '../../src/models/playlist.model';
import { Report } from '../../src/models/report.model';
import { Session } from '../../src/models/session.model';
import { Tweet } from '../../src/models/tweet.model';
import { Upload } from '../../src/models/upload.model';
import { UserFile } from '../../src/models/user-file.model';
import { Video } from '../../src/models/video.model';
import { describeApi } from '../../src/docs/describe-api';
import type { RouteDescription } from '../../src/docs/describe-routes';
import { withExampleValues } from '../../src/docs/example-values';
import { inputSchema } from '../../src/docs/openapi/request';
import type { RouteName } from '../../src/docs/operation';
import { OPERATIONS } from '../../src/docs/operations';
import { bearer, login, register, type SignedInAccount } from './accounts';
import { registerAs } from './roles';
import type { TestServer } from './server';
import { seedUpload } from './uploads';
import { seedUserFile } from './user-files';
import { seedVideo } from './videos';

/** Every mounted route, for `test.each`: one that is added later is tested by what uses this. */
export const EVERY_ROUTE = describeApi().map((route) => [route.route, route] as const);

/** The same without further addresses of the same handlers. */
export const EVERY_HANDLER = EVERY_ROUTE.filter(
  ([name]) => OPERATIONS[name as RouteName]?.aliasOf === undefined,
);

/** The names of the fields that a part of a route's input may have. */
export function fieldsOf(route: RouteDescription, part: 'params' | 'query' | 'body'): string[] {
  const form = inputSchema(route, part)?.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  return Object.keys(form?.properties ?? {});
}

/** A body that the route takes, as its operation shows one. */
export function exampleBody(route: RouteDescription): Record<string, unknown> {
  const operation = OPERATIONS[route.route as RouteName];
  return { ...withExampleValues(operation?.example.body ?? {}) };
}

/** Somebody who is signed in and has one of everything, so that a call reaches its handler. */
export interface Caller {
  account: SignedInAccount;
  /** What the names in paths stand for. */
  values: Record<string, string>;
  headers: Record<string, string>;
}

async function makeCaller(server: TestServer): Promise<Caller> {
  // An admin, so that no role keeps a call from its handler.
  const [registered, other] = [await registerAs(server, 'admin'), await register(server)];
  const account = await login(server, registered);
  const owner = account.user._id;
  return {
    account,
    headers: bearer(account.accessToken),
    values: {
      ...(await seedThings(server, owner)),
      userId: owner,
      subscriberId: owner,
      channelId: other.user._id,
      username: account.user.username,
      first: '9c',
      second: '04',
      name: `${'9c04d00d'.repeat(4)}.mp4`,
      asset: '9c04d00d'.repeat(4),
    },
  };
}

async function seedThings(server: TestServer, owner: string): Promise<Record<string, string>> {
  const videoId = await seedVideo(owner);
  const comment = await Comment.create({ video: videoId, owner, content: 'A comment' });
  const tweet = await Tweet.create({ owner, content: 'A tweet' });
  const report = await Report.create({
    reporter: new Types.ObjectId(),
    targetType: 'video',
    target: videoId,
    reason: 'spam',
  });
  const playlist = await Playlist.create({ owner, name: 'A playlist', videos: [videoId] });
  const session = await seedSession(owner);
  return {
    sessionId: session._id.toString(),
    videoId,
    commentId: comment._id.toString(),
    tweetId: tweet._id.toString(),
    playlistId: playlist._id.toString(),
    reportId: report._id.toString(),
    fileId: await seedUserFile(owner),
    uploadId: await seedUpload(server, owner),
  };
}

/** Another device; with new ones for every test, the older go, as they do when somebody signs in. */
async function seedSession(user: string) {
  const now = new Date();
  const later = new Date(now.getTime() + 24 * 3600 * 1000);
  const term = { refreshTokenIssuedAt: now, lastUsedAt: now, expiresAt: later, endsAt: later };
  await Session.deleteMany({ user, userAgent: 'another device' });
  return Session.create({
    user,
    refreshTokenHash: new Types.ObjectId().toString(),
    userAgent: 'another device',
    ...term,
  });
}

/** Whether nothing of what the caller had has been deleted. */
async function thingsStand({ values }: Caller): Promise<boolean> {
  const found = await Promise.all([
    Video.exists({ _id: values.videoId }),
    Comment.exists({ _id: values.commentId }),
    Tweet.exists({ _id: values.tweetId }),
    Playlist.exists({ _id: values.playlistId }),
    Report.exists({ _id: values.reportId }),
    Session.exists({ _id: values.sessionId }),
    UserFile.exists({ _id: values.fileId }),
    Upload.exists({ _id: values.uploadId }),
  ]);
  return found.every((thing) => thing !== null);
}

/**
 * The same caller, with new things when a call has deleted one of the old ones; another caller when
 * one has ended the session or deleted the account.
 */
export async function livingCaller(
  server: TestServer,
  caller: Caller | undefined,
): Promise<Caller> {
  if (!caller) return makeCaller(server);
  const answer = await server.api().get('/api/v1/users/current-user').set(caller.headers);
  if (answer.status !== 200) return makeCaller(server);
  if (await thingsStand(caller)) return caller;
  return {
    ...caller,
    values: { ...caller.values, ...(await seedThings(server, caller.account.user._id)) },
  };
}

/**
 * The address of a route for this caller.
 * @param replaced other values for names in the path, as they shall stand in the address
 */
export function addressFor(
  route: RouteDescription,
  caller: Caller,
  replaced: Readonly<Record<string, string>> = {},
): string {
  return route.path.replaceAll(/:(\w+)/g, (_parameter, name: string) => {
    const value = replaced[name] ?? caller.values[name];
    if (value === undefined) throw new Error(`makeCaller has no ${name} for ${route.route}`);
    return value;
  });
}
