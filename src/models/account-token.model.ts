import { Schema, model, type Types } from 'mongoose';

export const ACCOUNT_TOKEN_PURPOSES = ['reset-password', 'verify-email', 'change-email'] as const;
export type AccountTokenPurpose = (typeof ACCOUNT_TOKEN_PURPOSES)[number];

/** A secret that was sent by mail: whoever brings it back reads the mails of that address. */
export interface AccountTokenFields {
  _id: Types.ObjectId;
  user: Types.ObjectId;
  purpose: AccountTokenPurpose;
  /** SHA-256 of the token: a copy of the database lets nobody in. */
  tokenHash: string;
  /** Where it was sent, lower-cased: it proves nothing about any other address. */
  email: string;
  expiresAt: Date;
}

const accountTokenSchema = new Schema<AccountTokenFields>({
  user: { type: Schema.Types.ObjectId, ref: 'User', required: true },
  purpose: { type: String, enum: ACCOUNT_TOKEN_PURPOSES, required: true },
  tokenHash: { type: String, required: true },
  email: { type: String, required: true },
  expiresAt: { type: Date, required: true },
});

accountTokenSchema.index({ tokenHash: 1 }, { unique: true });
// One of a kind per person: a newer one takes the place of the older.
accountTokenSchema.index({ user: 1, purpose: 1 }, { unique: true });
// The TTL monitor only cleans up, up to a minute late: every query checks expiresAt itself.
accountTokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const AccountToken = model<AccountTokenFields>('AccountToken', accountTokenSchema);
