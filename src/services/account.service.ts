import { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { User, type UserDocument } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { invalidCredentials } from '../utils/authentication-errors';
import { commitAssets } from './media/commit-assets';
import type { UploadedFile } from './media/inspect-upload';
import type { PasswordService } from './password.service';
import { bytesOf } from './uploads/quota.service';

/** What somebody brings to register; the text is validated and normalised. */
export interface Registration {
  fullName: string;
  email: string;
  username: string;
  password: string;
  avatar: UploadedFile;
  coverImage?: UploadedFile;
}

export interface Credentials {
  /** Lower-cased usernames or e-mail addresses; all of them must be the same person's. */
  identifiers: readonly string[];
  password: string;
}

/** Makes accounts and tells whether somebody is who they say. */
export interface AccountService {
  /**
   * @returns the new user
   * @throws ApiError 409 naming the field that is taken; 502, 507 when the pictures cannot be kept
   */
  register(registration: Registration): Promise<UserDocument>;
  /**
   * @returns the user whose password it is
   * @throws ApiError 401 INVALID_CREDENTIALS whatever the reason
   */
  verifyCredentials(credentials: Credentials): Promise<UserDocument>;
}

type AccountDependencies = Pick<AppDependencies, 'mediaStore' | 'removals'> & {
  passwords: PasswordService;
};

export function createAccountService(dependencies: AccountDependencies): AccountService {
  const { passwords } = dependencies;

  return {
    async register({ avatar, coverImage, password, ...profile }) {
      await requireUnclaimed(profile);
      const passwordHash = await passwords.hash(password);
      const _id = new Types.ObjectId();
      return commitAssets(dependencies, _id, { avatar, coverImage }, async (assets, session) => {
        const storedBytes = bytesOf(assets.avatar, assets.coverImage);
        const fields = { _id, ...profile, ...assets, password: passwordHash, storedBytes };
        const [user] = await User.create([fields], { session });
        if (!user) throw new Error('the database made no account');
        return user;
      });
    },

    async verifyCredentials(credentials) {
      const { identifiers, password } = credentials;
      const user = await User.findOne({ $and: identifiers.map(identifierFilter) }).select(
        '+password',
      );
      const matches = await passwords.matches(password, user?.password);
      if (!user || !matches) throw invalidCredentials().about({ userId: user?._id });
      if (!passwords.needsRehash(user.password)) return user;
      const renewed = await rehash(user, password, passwords);
      // Somebody else renewed it at the same time, or changed the password: the new one counts.
      if (renewed === undefined) return this.verifyCredentials(credentials);
      user.password = renewed;
      return user;
    },
  };
}

/** Spares the hash and the upload in the common case; the unique indexes decide the race. */
async function requireUnclaimed(profile: { username: string; email: string }): Promise<void> {
  const { username, email } = profile;
  const holders = await User.find({ $or: [{ username }, { email }] }, { username: 1, email: 1 })
    .limit(2)
    .lean();
  const claimed = [
    ...(holders.some((holder) => holder.username === username) ? ['username'] : []),
    ...(holders.some((holder) => holder.email === email) ? ['email'] : []),
  ];
  if (claimed.length === 0) return;
  throw ApiError.conflict(`${claimed.join(' and ')} already exists`, {
    code: 'ALREADY_EXISTS',
    errors: claimed.map((field) => ({
      field,
      message: `${field} already exists`,
      code: 'ALREADY_EXISTS',
    })),
  });
}

/** No username has an @ and every e-mail has one, so each identifier needs one index only. */
function identifierFilter(identifier: string) {
  return identifier.includes('@') ? { email: identifier } : { username: identifier };
}

/**
 * Only here is the password at hand, so only here can its hash follow a raised cost.
 * @returns the new hash, or undefined when the stored one was replaced in between
 */
async function rehash(
  user: { _id: Types.ObjectId; password: string },
  password: string,
  passwords: PasswordService,
): Promise<string | undefined> {
  const renewed = await passwords.hash(password);
  const { matchedCount } = await User.updateOne(
    { _id: user._id, password: user.password },
    { $set: { password: renewed } },
    { timestamps: false },
  );
  return matchedCount === 1 ? renewed : undefined;
}
