import { Schema, model, type Types } from 'mongoose';
import { REPORT_TARGETS, type ReportTarget } from './report.model';
import { USER_ROLES, type UserRole } from './user.model';

export const MODERATION_ACTS = [
  'report-dismissed',
  'report-upheld',
  'video-taken-down',
  'video-restored',
  'comment-deleted',
  'user-suspended',
  'suspension-lifted',
  'role-changed',
] as const;
export type ModerationAct = (typeof MODERATION_ACTS)[number];

/**
 * Who did what to whom with the power of a role. Written in the transaction of the act, never
 * changed, and kept when accounts go: it names people and things by their ids alone.
 */
export interface ModerationLogFields {
  _id: Types.ObjectId;
  /** Absent for what was done by `npm run role`. */
  moderator?: Types.ObjectId;
  act: ModerationAct;
  targetType: ReportTarget;
  target: Types.ObjectId;
  /** Why, in the moderator's words; empty where none were asked for. */
  reason: string;
  /** Of an act on a report. */
  report?: Types.ObjectId;
  /** Of a suspension with an end. */
  suspendedUntil?: Date;
  /** Of a change of role. */
  fromRole?: UserRole;
  toRole?: UserRole;
  /** Leads to the request's line in the server's log. */
  requestId?: string;
  createdAt: Date;
}

const moderationLogSchema = new Schema<ModerationLogFields>(
  {
    moderator: { type: Schema.Types.ObjectId, ref: 'User' },
    act: { type: String, enum: MODERATION_ACTS, required: true },
    targetType: { type: String, enum: REPORT_TARGETS, required: true },
    target: { type: Schema.Types.ObjectId, required: true },
    reason: { type: String, default: '' },
    report: { type: Schema.Types.ObjectId, ref: 'Report' },
    suspendedUntil: { type: Date },
    fromRole: { type: String, enum: USER_ROLES },
    toRole: { type: String, enum: USER_ROLES },
    requestId: { type: String },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

// All of it, and what happened to one thing or person.
moderationLogSchema.index({ createdAt: -1, _id: -1 });
moderationLogSchema.index({ target: 1, createdAt: -1, _id: -1 });

export const ModerationLog = model<ModerationLogFields>('ModerationLog', moderationLogSchema);
