import { Schema, model, type HydratedDocument, type Types } from 'mongoose';
import type { StoredAsset } from '../services/media/media-store';
import { assetSchema } from './asset.schema';
import { atMost } from './text-length';

/** From the least to the most powerful; each may do what those before it may. */
export const USER_ROLES = ['user', 'moderator', 'admin'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** Field limits of an account; the validators and the schema share them. Lengths in characters. */
export const USER_LIMITS = {
  usernameMin: 3,
  usernameMax: 30,
  fullNameMax: 100,
  /** RFC 5321 section 4.5.3.1.3: a path is at most 256 octets, its two angle brackets included. */
  emailMax: 254,
  descriptionMax: 1000,
} as const;

/** Lower-case letters, digits, dot, underscore and hyphen; never an @, so that no name reads as an e-mail. */
export const USERNAME_PATTERN = /^[a-z0-9._-]+$/;

export interface UserFields {
  _id: Types.ObjectId;
  /** Lower-cased, unique. */
  username: string;
  /** Lower-cased, unique. */
  email: string;
  /** When its owner proved to read the mails of `email`; absent before that. */
  emailVerifiedAt?: Date;
  /** The address that takes the place of `email` once it is proven; not unique before that. */
  pendingEmail?: string;
  fullName: string;
  description: string;
  avatar: StoredAsset;
  coverImage?: StoredAsset;
  /** bcrypt; never selected unless a query asks for it by name. */
  password: string;
  /** Granted by an admin or by `npm run role` alone. */
  role: UserRole;
  /** Absent unless a moderator has suspended the account; it may be over, see `suspendedUntil`. */
  suspendedAt?: Date;
  /** Absent for a suspension without an end. */
  suspendedUntil?: Date;
  /** What the person is told. */
  suspensionReason?: string;
  /** Moves with the confirmed row of TwoFactor: spares everybody else's sign-in the second read. */
  hasTwoFactor: boolean;
  /** Moves with every sign-in, which makes a sign-in and a change of the account meet. */
  lastSignedInAt?: Date;
  /** While true, watching leaves no trace in the history. */
  historyPaused: boolean;
  /** Stored, not counted: each moves in the transaction that moves the row behind it. */
  subscribersCount: number;
  subscribedToCount: number;
  /** Published ones, which is what others see. */
  videosCount: number;
  /** The unpublished ones too, which is what the owner sees. */
  allVideosCount: number;
  tweetsCount: number;
  /** Bytes of all the account's files as they came, accepted ones included: what its quota limits. */
  storedBytes: number;
  createdAt: Date;
  updatedAt: Date;
}

export type UserDocument = HydratedDocument<UserFields>;

const counter = { type: Number, default: 0, min: 0 } as const;

const userSchema = new Schema<UserFields>(
  {
    username: {
      type: String,
      required: true,
      lowercase: true,
      trim: true,
      minlength: USER_LIMITS.usernameMin,
      maxlength: USER_LIMITS.usernameMax,
      match: USERNAME_PATTERN,
    },
    email: {
      type: String,
      required: true,
      lowercase: true,
      trim: true,
      maxlength: USER_LIMITS.emailMax,
    },
    emailVerifiedAt: { type: Date },
    pendingEmail: {
      type: String,
      lowercase: true,
      trim: true,
      maxlength: USER_LIMITS.emailMax,
    },
    fullName: { type: String, required: true, trim: true, ...atMost(USER_LIMITS.fullNameMax) },
    description: { type: String, default: '', ...atMost(USER_LIMITS.descriptionMax) },
    avatar: { type: assetSchema, required: true },
    coverImage: { type: assetSchema },
    password: { type: String, required: true, select: false },
    role: { type: String, enum: USER_ROLES, default: 'user' },
    suspendedAt: { type: Date },
    suspendedUntil: { type: Date },
    suspensionReason: { type: String },
    hasTwoFactor: { type: Boolean, default: false },
    lastSignedInAt: { type: Date },
    historyPaused: { type: Boolean, default: false },
    subscribersCount: counter,
    subscribedToCount: counter,
    videosCount: counter,
    allVideosCount: counter,
    tweetsCount: counter,
    storedBytes: counter,
  },
  { timestamps: true },
);

// A check before the insert cannot win a race; these two can.
userSchema.index({ username: 1 }, { unique: true });
userSchema.index({ email: 1 }, { unique: true });
// The list of accounts by name, of all of them and of those with one role.
userSchema.index({ username: 1, _id: 1 });
userSchema.index({ role: 1, username: 1, _id: 1 });

export const User = model<UserFields>('User', userSchema);
