import { Schema, model, type Types } from 'mongoose';

/**
 * One signed-in device. A session is also the *family* of every refresh token that descends from
 * its login: deleting it ends the whole chain, and its access tokens with it.
 */
export interface SessionFields {
  _id: Types.ObjectId;
  user: Types.ObjectId;
  /** SHA-256 of the living refresh token: a copy of the database signs nobody in. */
  refreshTokenHash: string;
  /** When the living token was issued, whole seconds: with it, its predecessor derives it again. */
  refreshTokenIssuedAt: Date;
  /** SHA-256 of the token that the living one replaced; absent before the first rotation. */
  previousRefreshTokenHash?: string;
  /** When the predecessor was replaced: the start of its grace window. */
  rotatedAt?: Date;
  userAgent: string;
  ip: string;
  lastUsedAt: Date;
  /** End of idleness: moves with each rotation. The session is over at this or at `endsAt`. */
  expiresAt: Date;
  /** End of the session however busy it is. */
  endsAt: Date;
  createdAt: Date;
}

const sessionSchema = new Schema<SessionFields>(
  {
    user: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    refreshTokenHash: { type: String, required: true },
    refreshTokenIssuedAt: { type: Date, required: true },
    previousRefreshTokenHash: { type: String },
    rotatedAt: { type: Date },
    userAgent: { type: String, default: '', maxlength: 256 },
    ip: { type: String, default: '' },
    lastUsedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    endsAt: { type: Date, required: true },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

sessionSchema.index({ refreshTokenHash: 1 }, { unique: true });
sessionSchema.index({ user: 1, lastUsedAt: -1 });
// The TTL monitor only cleans up, up to a minute late: every query checks expiresAt itself.
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const Session = model<SessionFields>('Session', sessionSchema);
