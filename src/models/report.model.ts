import { Schema, model, type Types } from 'mongoose';
import { REPORT_DETAILS_MAX_LENGTH } from '../constants';
import { atMost } from './text-length';

export const REPORT_TARGETS = ['video', 'comment', 'user'] as const;
export type ReportTarget = (typeof REPORT_TARGETS)[number];

export const REPORT_REASONS = [
  'spam',
  'harassment',
  'hate',
  'violence',
  'sexual',
  'child-safety',
  'dangerous',
  'misinformation',
  'impersonation',
  'copyright',
  'privacy',
  'other',
] as const;

export const REPORT_RESOLUTIONS = ['dismissed', 'upheld'] as const;
export const REPORT_STATUSES = ['open', ...REPORT_RESOLUTIONS] as const;

/** That a person asks the moderators to look at something. */
export interface ReportFields {
  _id: Types.ObjectId;
  reporter: Types.ObjectId;
  targetType: ReportTarget;
  target: Types.ObjectId;
  /** Whose the target is, or who it is; absent when that account was gone already. */
  targetOwner?: Types.ObjectId;
  reason: (typeof REPORT_REASONS)[number];
  details: string;
  status: (typeof REPORT_STATUSES)[number];
  /** Who resolved it, when, and what they noted for their colleagues. */
  resolvedBy?: Types.ObjectId;
  resolvedAt?: Date;
  note?: string;
  createdAt: Date;
}

const reportSchema = new Schema<ReportFields>(
  {
    reporter: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    targetType: { type: String, enum: REPORT_TARGETS, required: true },
    target: { type: Schema.Types.ObjectId, required: true },
    targetOwner: { type: Schema.Types.ObjectId, ref: 'User' },
    reason: { type: String, enum: REPORT_REASONS, required: true },
    details: { type: String, default: '', ...atMost(REPORT_DETAILS_MAX_LENGTH) },
    status: { type: String, enum: REPORT_STATUSES, default: 'open' },
    resolvedBy: { type: Schema.Types.ObjectId, ref: 'User' },
    resolvedAt: { type: Date },
    note: { type: String },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

// One open report per person and thing: what a check before the insert could not promise.
reportSchema.index(
  { reporter: 1, target: 1, targetType: 1 },
  { unique: true, partialFilterExpression: { status: 'open' } },
);
// The queue, of everything and of one kind.
reportSchema.index({ status: 1, createdAt: 1, _id: 1 });
reportSchema.index({ status: 1, targetType: 1, createdAt: 1, _id: 1 });
// One's own, newest first; and all of a person's when the account goes.
reportSchema.index({ reporter: 1, createdAt: -1, _id: -1 });
// Whether a thing was reported.
reportSchema.index({ target: 1, targetType: 1 });

export const Report = model<ReportFields>('Report', reportSchema);
