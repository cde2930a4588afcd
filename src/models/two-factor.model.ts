import { Schema, model, type Types } from 'mongoose';

/**
 * A person's second factor: an authenticator app, and recovery codes for the day it is lost. Counts
 * only once it is confirmed; until then nobody has shown that their app holds the secret.
 */
export interface TwoFactorFields {
  _id: Types.ObjectId;
  user: Types.ObjectId;
  /** The shared secret of RFC 6238, sealed by the secret box: a copy of the database makes no codes. */
  encryptedSecret: string;
  /** Absent until the first right code. */
  confirmedAt?: Date;
  /** When an enrolment that nobody confirms lapses; absent once it is confirmed. */
  pendingUntil?: Date;
  /** The time step of the last accepted code: that one and older ones are spent. */
  lastAcceptedStep: number;
  /** SHA-256 of the recovery codes that are left. */
  recoveryCodeHashes: string[];
  createdAt: Date;
  updatedAt: Date;
}

const twoFactorSchema = new Schema<TwoFactorFields>(
  {
    user: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    encryptedSecret: { type: String, required: true },
    confirmedAt: { type: Date },
    pendingUntil: { type: Date },
    lastAcceptedStep: { type: Number, default: 0 },
    recoveryCodeHashes: { type: [String], default: [] },
  },
  { timestamps: true },
);

twoFactorSchema.index({ user: 1 }, { unique: true });
// The TTL monitor only cleans up, up to a minute late: confirming checks pendingUntil itself.
twoFactorSchema.index({ pendingUntil: 1 }, { expireAfterSeconds: 0 });

export const TwoFactor = model<TwoFactorFields>('TwoFactor', twoFactorSchema);
