import { randomBytes } from 'node:crypto';
import bcrypt from 'bcrypt';
import jwt from 'jsonwebtoken';
import { Types } from 'mongoose';
import { EXAMPLE_VARIABLES } from '../../../src/docs/example-values';
import { Comment } from '../../../src/models/comment.model';
import { Playlist } from '../../../src/models/playlist.model';
import { Report } from '../../../src/models/report.model';
import { Session } from '../../../src/models/session.model';
import { Tweet } from '../../../src/models/tweet.model';
import { moveChannelTotals } from '../../../src/services/channel-totals.service';
import { createTokenService, hashToken } from '../../../src/services/token.service';
import { bearer } from '../accounts';
import type { TestServer } from '../server';
import { expiredCopy } from '../tokens';
import { seedUpload } from '../uploads';
import { seedUserFile } from '../user-files';
import { seedUser } from '../users';
import { seedVideo } from '../videos';
import type { Credential } from './hostile-call';
import type { Things, Victim } from './victim';

/** Somebody with an account of their own, signed in, who tries everything. */
export interface Attacker {
  things: Things;
  accessToken: string;
  refreshToken: string;
  /** A token of a session that was ended. */
  endedToken: string;
}

/** What examples send as the present password. */
const PASSWORD = EXAMPLE_VARIABLES.password ?? '';
const PASSWORD_HASH = bcrypt.hashSync(PASSWORD, 4);

/** Straight into the database: there is a new one for every few calls, as they end accounts. */
export async function makeAttacker(server: TestServer): Promise<Attacker> {
  const username = `attacker_${randomBytes(6).toString('hex')}`;
  const user = await seedUser({ username, password: PASSWORD_HASH, tweetsCount: 1 });
  const videoId = await seedVideo(user, {
    title: 'A video of the attacker',
    commentsCount: 1,
    topCommentsCount: 1,
  });
  const [tokens, comment, tweet, playlist, fileId, uploadId, report] = await Promise.all([
    openSession(server, user),
    Comment.create({ video: videoId, owner: user, content: 'A comment' }),
    Tweet.create({ owner: user, content: 'A tweet' }),
    Playlist.create({ owner: user, name: 'A playlist' }),
    seedUserFile(user),
    seedUpload(server, user),
    Report.create({
      reporter: user,
      targetType: 'user',
      target: new Types.ObjectId(),
      reason: 'spam',
    }),
    moveChannelTotals(
      [{ video: { _id: new Types.ObjectId(videoId), owner: user }, commentsCount: 1 }],
      undefined,
    ),
  ]);
  const userId = user.toString();
  return {
    ...tokens,
    things: {
      videoId: [videoId],
      commentId: [comment._id.toString()],
      tweetId: [tweet._id.toString()],
      playlistId: [playlist._id.toString()],
      fileId: [fileId],
      uploadId: [uploadId],
      sessionId: [tokens.sessionId],
      userId: [userId],
      subscriberId: [userId],
      channelId: [userId],
      username: [username],
      target: [videoId],
      reportId: [report._id.toString()],
    },
  };
}

async function openSession({ config }: TestServer, user: Types.ObjectId) {
  const tokens = createTokenService(config);
  const [living, ended] = [new Types.ObjectId(), new Types.ObjectId()];
  const claims = { userId: user.toString(), sessionId: living.toString() };
  const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  const expiresAt = new Date(issuedAt.getTime() + config.refreshToken.expirySeconds * 1000);
  const tokenId = tokens.newTokenId();
  const refreshToken = tokens.signRefreshToken({ ...claims, tokenId, issuedAt, expiresAt });
  await Session.create({
    _id: living,
    user,
    refreshTokenHash: hashToken(refreshToken),
    refreshTokenIssuedAt: issuedAt,
    expiresAt,
    endsAt: expiresAt,
    lastUsedAt: issuedAt,
  });
  return {
    sessionId: living.toString(),
    accessToken: tokens.signAccessToken(claims),
    refreshToken,
    endedToken: tokens.signAccessToken({ ...claims, sessionId: ended.toString() }),
  };
}

/** The headers by which a call says who it comes from. */
export function credentialHeaders(
  credential: Credential,
  attacker: Attacker,
  { account }: Victim,
  server: TestServer,
): Record<string, string> {
  const cookie = {
    Cookie: `accessToken=${attacker.accessToken}; refreshToken=${attacker.refreshToken}`,
  };
  if (typeof credential === 'object') {
    return {
      Authorization: `Bearer ${credential.garbled}`,
      Cookie: `accessToken=${credential.garbled}`,
    };
  }
  switch (credential) {
    case 'nobody':
      return {};
    case 'attacker':
      return bearer(attacker.accessToken);
    case 'attacker by cookie':
      return cookie;
    case 'attacker by cookie, from another site':
      return { ...cookie, Origin: 'https://evil.example' };
    case 'attacker, expired':
      return bearer(expiredCopy(server, attacker.accessToken));
    case 'attacker, whose session is over':
      return bearer(attacker.endedToken);
    case 'attacker, by the refresh token':
      return bearer(attacker.refreshToken);
    default:
      return bearer(forgery(credential, account.accessToken));
  }
}

/** A token with the victim's claims that we did not sign. */
function forgery(how: Credential, genuine: string): string {
  const [head = '', claims = ''] = genuine.split('.');
  const payload = jwt.decode(genuine) as jwt.JwtPayload;
  switch (how) {
    case 'victim, unsigned':
      return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`;
    case 'victim, signed as a public key':
      return jwt.sign(payload, 'videotube-api', { algorithm: 'HS512' });
    case 'victim, cut short':
      return `${head}.${claims}`;
    default:
      return jwt.sign(payload, 'another secret that is long enough');
  }
}
