import { Types } from 'mongoose';
import type { Logger } from 'pino';
import type { Config } from '../config';
import { Session, type SessionFields } from '../models/session.model';
import { invalidCredentials, invalidToken, reusedToken } from '../utils/authentication-errors';
import { audit } from './audit.service';
import { ownerOfLivingSession } from './living-sessions';
import { notOver } from './session-list.service';
import { stillHolds, type ProvenUser } from './sign-in-proof';
import {
  hashToken,
  type AccessClaims,
  type RefreshClaims,
  type TokenService,
} from './token.service';

/**
 * How long a refresh token that was just replaced still answers its successor: two tabs that wake
 * together, or a client whose answer was lost, must not be taken for thieves. It ends early as soon
 * as the successor itself is used, since then the client is known to hold it.
 */
const GRACE_MILLISECONDS = 10_000;
/** However busy a session is, after this it ends and its owner signs in again. */
const LONGEST_SESSION_SECONDS = 90 * 24 * 3600;
/** A person's devices; one more sign-in drops the session that was idle longest. */
export const MAX_SESSIONS_PER_USER = 30;
const USER_AGENT_MAX_LENGTH = 256;

/** Where a request comes from, kept so that people can recognise their sessions. */
export interface Device {
  ip: string;
  userAgent: string;
  /** For the log alone: leads from an audit event to the request behind it. */
  requestId: string;
}

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

/** Opens, rotates and ends sessions; every end holds from the next request on. */
export interface SessionService {
  /**
   * Starts a session for a person who has just proved who they are.
   * @param user the account as it was when the proof was checked
   * @throws ApiError 401 INVALID_CREDENTIALS when the account was changed since
   */
  open(user: ProvenUser, device: Device): Promise<TokenPair>;
  /**
   * Exchanges a refresh token. Exactly one caller advances the chain; whoever repeats the same token
   * within the grace window gets the very same successor. A repeat after that ends the session.
   * @throws ApiError 401 TOKEN_INVALID, TOKEN_EXPIRED or TOKEN_REUSED
   */
  rotate(refreshToken: string, device: Device): Promise<TokenPair>;
  /** Whether the session exists, belongs to the user and is not over. */
  isLiving(claims: AccessClaims): Promise<boolean>;
  /** Ends one session; one that is over already is a success. */
  end(userId: Types.ObjectId, sessionId: Types.ObjectId): Promise<void>;
}

interface SessionDependencies {
  config: Pick<Config, 'refreshToken'>;
  logger: Logger;
  tokens: TokenService;
}

export function createSessionService(dependencies: SessionDependencies): SessionService {
  const { config, tokens, logger } = dependencies;
  const idleSeconds = config.refreshToken.expirySeconds;

  return {
    async open(user, device) {
      const userId = user._id;
      const sessionId = new Types.ObjectId();
      const claims = claimsOf(userId, sessionId, tokens.newTokenId());
      const term = newTerm(idleSeconds);
      const refreshToken = tokens.signRefreshToken({ ...claims, ...term });
      const longest = Math.max(LONGEST_SESSION_SECONDS, idleSeconds);
      await Session.create({
        _id: sessionId,
        user: userId,
        refreshTokenHash: hashToken(refreshToken),
        refreshTokenIssuedAt: term.issuedAt,
        expiresAt: term.expiresAt,
        endsAt: new Date(term.issuedAt.getTime() + longest * 1000),
        ...lastUse(device),
      });
      const [holds] = await Promise.all([stillHolds(user), dropSurplusSessions(userId, sessionId)]);
      if (!holds) {
        await Session.deleteOne({ _id: sessionId });
        throw invalidCredentials().about({ userId });
      }
      audit({ logger, ...originOf(device) }, 'login', { userId, sessionId });
      return { accessToken: tokens.signAccessToken(claims), refreshToken };
    },

    async rotate(presented, device) {
      const claims = tokens.verifyRefreshToken(presented);
      const term = newTerm(idleSeconds);
      const refreshToken = tokens.signSuccessor(claims, term);
      const advanced = await Session.updateOne(
        { ...living(claims), refreshTokenHash: hashToken(presented) },
        {
          $set: {
            refreshTokenHash: hashToken(refreshToken),
            refreshTokenIssuedAt: term.issuedAt,
            previousRefreshTokenHash: hashToken(presented),
            rotatedAt: new Date(),
            expiresAt: term.expiresAt,
            ...lastUse(device),
          },
        },
      );
      const accessToken = tokens.signAccessToken(claims);
      if (advanced.modifiedCount === 1) return { accessToken, refreshToken };
      const session = await requireGraceOrEnd(claims, presented, device, logger);
      return { accessToken, refreshToken: livingSuccessor(tokens, claims, session) };
    },

    async isLiving({ userId, sessionId }) {
      return (await ownerOfLivingSession(sessionId)) === userId;
    },

    async end(userId, sessionId) {
      await Session.deleteOne({ _id: sessionId, user: userId });
    },
  };
}

/** The presented token is genuine but not the living one: a late twin, a dead session, or a thief. */
async function requireGraceOrEnd(
  claims: RefreshClaims,
  presented: string,
  device: Device,
  logger: Logger,
): Promise<SessionFields> {
  const session = await Session.findOne(living(claims)).lean<SessionFields>();
  if (!session) throw invalidToken().about(claims);
  const justReplaced =
    session.previousRefreshTokenHash === hashToken(presented) &&
    session.rotatedAt !== undefined &&
    Date.now() - session.rotatedAt.getTime() <= GRACE_MILLISECONDS;
  if (justReplaced) return session;
  // Two parties hold tokens of one chain and we cannot tell which is the thief, so both are out
  // (RFC 9700 section 4.14.2).
  await Session.deleteOne({ _id: session._id });
  audit({ logger, ...originOf(device) }, 'refresh-token-reused', {
    outcome: 'failure',
    reason: 'TOKEN_REUSED',
    userId: claims.userId,
    sessionId: claims.sessionId,
  });
  throw reusedToken();
}

/** The living token of a session, signed once more for its predecessor; it is nowhere stored. */
function livingSuccessor(
  tokens: TokenService,
  claims: RefreshClaims,
  { refreshTokenHash, refreshTokenIssuedAt: issuedAt, expiresAt }: SessionFields,
): string {
  const living = tokens
    .possibleSuccessors(claims, { issuedAt, expiresAt })
    .find((token) => hashToken(token) === refreshTokenHash);
  // Signed by an instance whose secret is not known here.
  if (living === undefined) throw invalidToken().about(claims);
  return living;
}

function claimsOf(
  userId: Types.ObjectId,
  sessionId: Types.ObjectId,
  tokenId: string,
): RefreshClaims {
  return { userId: userId.toString(), sessionId: sessionId.toString(), tokenId };
}

function living({ userId, sessionId }: AccessClaims) {
  return { _id: sessionId, user: userId, ...notOver() };
}

/** Whole seconds, because the same token must come out when it is signed again from the database. */
function newTerm(idleSeconds: number): { issuedAt: Date; expiresAt: Date } {
  const seconds = Math.floor(Date.now() / 1000);
  return {
    issuedAt: new Date(seconds * 1000),
    expiresAt: new Date((seconds + idleSeconds) * 1000),
  };
}

/** Of a device, what the audit trail says; what the client calls itself is its own invention. */
function originOf({ ip, requestId }: Device): Pick<Device, 'ip' | 'requestId'> {
  return { ip, requestId };
}

function lastUse({ ip, userAgent }: Device) {
  return { ip, userAgent: userAgent.slice(0, USER_AGENT_MAX_LENGTH), lastUsedAt: new Date() };
}

/**
 * Runs when the new session is stored, so that of many sign-ins at once the last one sees all of
 * them. Never drops the one being opened, which may be the oldest by then.
 */
async function dropSurplusSessions(userId: Types.ObjectId, opening: Types.ObjectId): Promise<void> {
  const surplus = await Session.find({ user: userId, _id: { $ne: opening } }, { _id: 1 })
    .sort({ lastUsedAt: -1 })
    .skip(MAX_SESSIONS_PER_USER - 1)
    .lean();
  if (surplus.length === 0) return;
  await Session.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } });
}
