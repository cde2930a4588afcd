import { z } from 'zod';
import { MODERATION_ACTS } from '../../models/moderation-log.model';
import { REPORT_REASONS, REPORT_STATUSES, REPORT_TARGETS } from '../../models/report.model';
import { USER_ROLES } from '../../models/user.model';
import { EXAMPLE_ID, EXAMPLE_OWNER, EXAMPLE_TIME, id, owner, time } from './common.schema';
import { comment } from './comment.schema';
import { EXAMPLE_VIDEO, video } from './video.schema';

const reportFields = {
  _id: id,
  targetType: z.enum(REPORT_TARGETS),
  target: id,
  reason: z.enum(REPORT_REASONS),
  details: z.string(),
  status: z.enum(REPORT_STATUSES),
  createdAt: time,
  resolvedAt: time.nullable(),
};

/** A report as the person who made it sees it. */
export const ownReport = z.strictObject(reportFields).meta({ id: 'OwnReport' });

const moderatedUserFields = {
  ...owner.shape,
  role: z.enum(USER_ROLES),
  /** Null for an account that is not suspended now; `until` is null for one without an end. */
  suspension: z.strictObject({ at: time, until: time.nullable(), reason: z.string() }).nullable(),
};

/** A person as moderators see them. */
export const moderatedUser = z.strictObject(moderatedUserFields).meta({ id: 'ModeratedUser' });

/** An account as admins see it. */
export const accountForAdmin = z
  .strictObject({ ...moderatedUserFields, email: z.email(), createdAt: time })
  .meta({ id: 'AccountForAdmin' });

/**
 * A report with what it is about. `video` or `comment` is the target unless it is gone;
 * `targetOwner` is whose it is, or the person who was reported.
 */
export const report = z
  .strictObject({
    ...reportFields,
    reporter: owner.nullable(),
    targetOwner: moderatedUser.nullable(),
    video: video.nullable(),
    comment: comment.nullable(),
    resolvedBy: owner.nullable(),
    note: z.string(),
  })
  .meta({ id: 'Report' });

/** One act of the moderation log; people whose accounts are gone are null. */
export const logEntry = z
  .strictObject({
    _id: id,
    moderator: owner.nullable(),
    act: z.enum(MODERATION_ACTS),
    targetType: z.enum(REPORT_TARGETS),
    target: id,
    reason: z.string(),
    report: id.nullable(),
    suspendedUntil: time.nullable(),
    fromRole: z.enum(USER_ROLES).nullable(),
    toRole: z.enum(USER_ROLES).nullable(),
    requestId: z.string().nullable(),
    createdAt: time,
  })
  .meta({ id: 'ModerationLogEntry' });

const EXAMPLE_USER = {
  ...EXAMPLE_OWNER,
  _id: '6650f0aaa4b5c6d7e8f90002',
  username: 'charles',
  fullName: 'Charles Babbage',
};

export const EXAMPLE_MODERATED_USER = { ...EXAMPLE_USER, role: 'user', suspension: null };

export const EXAMPLE_SUSPENDED_USER = {
  ...EXAMPLE_MODERATED_USER,
  suspension: {
    at: EXAMPLE_TIME,
    until: '2099-01-01T00:00:00.000Z',
    reason: 'The same advertisement under forty videos.',
  },
};

export const EXAMPLE_ACCOUNT_FOR_ADMIN = {
  ...EXAMPLE_MODERATED_USER,
  email: 'charles@example.com',
  createdAt: EXAMPLE_TIME,
};

export const EXAMPLE_OWN_REPORT = {
  _id: '6650f607a4b5c6d7e8f90601',
  targetType: 'user',
  target: EXAMPLE_USER._id,
  reason: 'spam',
  details: 'Sends the same advertisement to everybody.',
  status: 'open',
  createdAt: EXAMPLE_TIME,
  resolvedAt: null,
};

export const EXAMPLE_REPORT = {
  ...EXAMPLE_OWN_REPORT,
  reporter: EXAMPLE_OWNER,
  targetOwner: EXAMPLE_MODERATED_USER,
  video: null,
  comment: null,
  resolvedBy: null,
  note: '',
};

export const EXAMPLE_TAKEN_DOWN_VIDEO = {
  ...EXAMPLE_VIDEO,
  isPublished: false,
  takenDown: { at: EXAMPLE_TIME, reason: 'It shows a private letter.' },
};

export const EXAMPLE_LOG_ENTRY = {
  _id: '6650f718a4b5c6d7e8f90701',
  moderator: EXAMPLE_OWNER,
  act: 'video-taken-down',
  targetType: 'video',
  target: EXAMPLE_ID,
  reason: 'It shows a private letter.',
  report: null,
  suspendedUntil: null,
  fromRole: null,
  toRole: null,
  requestId: '0b7c6d0e-4f57-4f0e-9c57-2f4ad8b6a1f3',
  createdAt: EXAMPLE_TIME,
};
