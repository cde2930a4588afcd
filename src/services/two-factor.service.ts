import type { ClientSession, Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { retryUpsert, isDuplicateKey } from '../db/duplicate-key';
import { runInTransaction } from '../db/run-in-transaction';
import { Session } from '../models/session.model';
import { TwoFactor, type TwoFactorFields } from '../models/two-factor.model';
import { User } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { invalidToken } from '../utils/authentication-errors';
import {
  missingSecondFactor,
  twoFactorIsOff,
  twoFactorIsOn,
  wrongSecondFactor,
  type Door,
} from '../utils/two-factor-errors';
import { enrolmentUri, matchingStep, newSharedSecret } from './two-factor/one-time-password';
import {
  hashRecoveryCode,
  newRecoveryCodes,
  RECOVERY_CODE_PATTERN,
} from './two-factor/recovery-codes';
import { createSecretBox } from './two-factor/secret-box';
import type { ThrottleBudget } from './throttle.service';

/** Long enough to find the phone. */
const ENROLMENT_MILLISECONDS = 15 * 60 * 1000;

/**
 * RFC 4226 section 7.3. Three of a million codes are right at a time, so somebody who has the
 * password and spends this whole budget for a day is in with a chance of one in five hundred.
 * Counted by account, whatever the addresses; recovery codes are not counted, as nobody can guess
 * 120 bits, so that the owner gets in beside whoever tries.
 */
const GUESSES_PER_HOUR = 30;

export interface TwoFactorStatus {
  isEnabled: boolean;
  enabledAt: Date | null;
  recoveryCodesLeft: number;
}

/** What somebody proved beside the password. */
export type SecondFactor = 'none' | 'app' | 'recovery code';

/** A second factor for those who want one: codes of an authenticator app, RFC 6238. */
export interface TwoFactorService {
  status(userId: Types.ObjectId): Promise<TwoFactorStatus>;
  /**
   * Starts an enrolment; it takes the place of one that was never confirmed.
   * @returns the shared secret, never told again, and the same as an address for a QR code
   * @throws ApiError 409 TWO_FACTOR_ON
   */
  begin(user: { _id: Types.ObjectId; username: string }): Promise<{ secret: string; uri: string }>;
  /**
   * Switches it on by the first right code, and ends every session but the one that asks: those
   * were opened by the password alone.
   * @returns the recovery codes, never told again
   * @throws ApiError 400 TWO_FACTOR_INVALID, 409 TWO_FACTOR_ON or TWO_FACTOR_NOT_STARTED
   */
  confirm(userId: Types.ObjectId, code: string, ownSession: Types.ObjectId): Promise<string[]>;
  /**
   * Voids the recovery codes that are left.
   * @returns the new ones, never told again
   * @throws ApiError 400 TWO_FACTOR_INVALID, 409 TWO_FACTOR_OFF, 429
   */
  renewRecoveryCodes(userId: Types.ObjectId, code: string): Promise<string[]>;
  /** @throws ApiError 400 TWO_FACTOR_INVALID, 409 TWO_FACTOR_OFF, 429 */
  disable(userId: Types.ObjectId, code: string): Promise<void>;
  /**
   * Spends a code of the app or a recovery code; an account without two-factor needs none. Ask after
   * the password, so that nobody without it learns who has two-factor.
   * @returns what it was, for the audit trail
   * @param door `sign-in` answers 401 where it is 400 for somebody who is `signed in`
   * @throws ApiError TWO_FACTOR_REQUIRED without a code, TWO_FACTOR_INVALID, 429
   */
  requireSecondFactor(
    userId: Types.ObjectId,
    code: string | undefined,
    door?: Door,
  ): Promise<SecondFactor>;
}

type TwoFactorDependencies = Pick<AppDependencies, 'config' | 'throttles'>;

export function createTwoFactorService({
  config,
  throttles,
}: TwoFactorDependencies): TwoFactorService {
  const box = createSecretBox(config.refreshToken.secret, config.refreshToken.previousSecrets);

  /**
   * Spent first, so that many at once cannot overdraw the budget; what was no guess is given back.
   * @throws ApiError 429 when the account's budget for this door is spent
   */
  async function countGuess(
    userId: Types.ObjectId,
    door: Door,
    accept: () => Promise<boolean>,
  ): Promise<boolean> {
    const budget: ThrottleBudget = {
      name: door === 'sign-in' ? 'two-factor-sign-in' : 'two-factor-signed-in',
      points: GUESSES_PER_HOUR,
      durationSeconds: 3600,
    };
    const { allowed, retryAfterSeconds } = await throttles.spend(budget, userId.toString());
    if (!allowed) {
      throw ApiError.tooManyRequests(
        'Too many codes were tried; please wait, or use a recovery code',
        retryAfterSeconds,
      );
    }
    const accepted = await accept();
    if (accepted) await throttles.giveBack(budget, userId.toString());
    return accepted;
  }

  /** Atomic: of many who come with one code, one is let in (RFC 6238 section 5.2). */
  async function acceptAppCode(factor: TwoFactorFields, code: string): Promise<boolean> {
    const owner = factor.user.toString();
    const { text: sharedSecret, outdated } = box.open(factor.encryptedSecret, owner);
    const step = matchingStep(sharedSecret, code);
    if (step === undefined) return false;
    const resealed = outdated ? { encryptedSecret: box.seal(sharedSecret, owner) } : {};
    const { modifiedCount } = await TwoFactor.updateOne(
      { _id: factor._id, lastAcceptedStep: { $lt: step } },
      { $set: { lastAcceptedStep: step, ...resealed } },
    );
    return modifiedCount === 1;
  }

  /** @throws ApiError TWO_FACTOR_INVALID, 429 */
  async function spendCode(
    factor: TwoFactorFields,
    code: string,
    door: Door,
  ): Promise<SecondFactor> {
    if (RECOVERY_CODE_PATTERN.test(code)) {
      if (!(await acceptRecoveryCode(factor, code))) throw wrongSecondFactor(door);
      return 'recovery code';
    }
    const accepted = await countGuess(factor.user, door, () => acceptAppCode(factor, code));
    if (!accepted) throw wrongSecondFactor(door);
    return 'app';
  }

  /** @throws ApiError 409 TWO_FACTOR_OFF, and what `spendCode` throws */
  async function requireEnabled(userId: Types.ObjectId, code: string): Promise<TwoFactorFields> {
    const factor = await findConfirmed(userId);
    if (!factor) throw twoFactorIsOff();
    await spendCode(factor, code, 'signed in');
    return factor;
  }

  return {
    async status(userId) {
      const factor = await findConfirmed(userId);
      return {
        isEnabled: factor !== null,
        enabledAt: factor?.confirmedAt ?? null,
        recoveryCodesLeft: factor?.recoveryCodeHashes.length ?? 0,
      };
    },

    async begin({ _id: user, username }) {
      const secret = newSharedSecret();
      const encryptedSecret = box.seal(secret, user.toString());
      await replacePending(user, encryptedSecret);
      return { secret, uri: enrolmentUri(secret, username) };
    },

    async confirm(userId, code, ownSession) {
      const factor = await TwoFactor.findOne({ user: userId }).lean();
      if (factor?.confirmedAt) throw twoFactorIsOn();
      if (!factor?.pendingUntil || factor.pendingUntil.getTime() <= Date.now()) {
        throw notStarted();
      }
      const { text } = box.open(factor.encryptedSecret, userId.toString());
      const step = matchingStep(text, code);
      if (step === undefined) throw wrongSecondFactor('signed in');
      const recoveryCodes = newRecoveryCodes();
      await switchOn(factor, step, recoveryCodes, ownSession);
      return recoveryCodes;
    },

    async renewRecoveryCodes(userId, code) {
      const { _id } = await requireEnabled(userId, code);
      const recoveryCodes = newRecoveryCodes();
      const { matchedCount } = await TwoFactor.updateOne(
        { _id },
        { $set: { recoveryCodeHashes: recoveryCodes.map(hashRecoveryCode) } },
      );
      if (matchedCount === 0) throw twoFactorIsOff();
      return recoveryCodes;
    },

    async disable(userId, code) {
      const { _id } = await requireEnabled(userId, code);
      await runInTransaction(async (session) => {
        await TwoFactor.deleteOne({ _id }, { session });
        await flag(userId, false, session);
      });
    },

    async requireSecondFactor(userId, code, door = 'signed in') {
      const factor = await findConfirmed(userId);
      if (!factor) return 'none';
      if (code === undefined) throw missingSecondFactor(door);
      return spendCode(factor, code, door);
    },
  };
}

function findConfirmed(user: Types.ObjectId): Promise<TwoFactorFields | null> {
  return TwoFactor.findOne({ user, confirmedAt: { $exists: true } })
    .lean<TwoFactorFields>()
    .exec();
}

/** Atomic: whoever pulls the hash out has spent the code. */
async function acceptRecoveryCode({ _id }: TwoFactorFields, code: string): Promise<boolean> {
  const recoveryCodeHashes = hashRecoveryCode(code);
  const { modifiedCount } = await TwoFactor.updateOne(
    { _id, recoveryCodeHashes },
    { $pull: { recoveryCodeHashes } },
  );
  return modifiedCount === 1;
}

/** @throws ApiError 409 TWO_FACTOR_ON: a confirmed secret is never overwritten */
async function replacePending(user: Types.ObjectId, encryptedSecret: string): Promise<void> {
  const pendingUntil = new Date(Date.now() + ENROLMENT_MILLISECONDS);
  try {
    await retryUpsert(() =>
      TwoFactor.updateOne(
        { user, confirmedAt: { $exists: false } },
        { $set: { encryptedSecret, pendingUntil } },
        { upsert: true },
      ).exec(),
    );
  } catch (error) {
    if (isDuplicateKey(error)) throw twoFactorIsOn();
    throw error;
  }
}

/** The flag first: without transactions, a flag alone locks nobody out, and a row alone lets all in. */
async function switchOn(
  { _id, user, encryptedSecret }: TwoFactorFields,
  step: number,
  recoveryCodes: readonly string[],
  ownSession: Types.ObjectId,
): Promise<void> {
  await runInTransaction(async (session) => {
    const flagged = await flag(user, true, session);
    if (flagged.matchedCount === 0) throw invalidToken();
    const { modifiedCount } = await TwoFactor.updateOne(
      // Not a secret that was begun anew or confirmed in between.
      { _id, encryptedSecret, confirmedAt: { $exists: false } },
      {
        $set: {
          confirmedAt: new Date(),
          lastAcceptedStep: step,
          recoveryCodeHashes: recoveryCodes.map(hashRecoveryCode),
        },
        $unset: { pendingUntil: 1 },
      },
      { session },
    );
    if (modifiedCount === 0) throw notStarted();
    await Session.deleteMany({ user, _id: { $ne: ownSession } }, { session });
  });
}

function flag(_id: Types.ObjectId, hasTwoFactor: boolean, session: ClientSession | undefined) {
  // The profile has not changed, so updatedAt stays.
  return User.updateOne({ _id }, { $set: { hasTwoFactor } }, { session, timestamps: false });
}

function notStarted(): ApiError {
  return ApiError.conflict('Please start again: ask for a new secret first', {
    code: 'TWO_FACTOR_NOT_STARTED',
  });
}
