import type { AppDependencies } from '../app-dependencies';
import { moderatorOf } from '../middlewares/require-role.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import type { VideoWithOwner } from '../models/video.pipeline';
import { presentLogEntry, presentModeratedUser } from '../presenters/moderation.presenter';
import { presentReport } from '../presenters/report.presenter';
import { presentVideo } from '../presenters/video.presenter';
import { audit } from '../services/audit.service';
import { deleteCommentAsModerator } from '../services/moderation/delete-comment.service';
import { listActs } from '../services/moderation/moderation-log.service';
import {
  findReport,
  listReports,
  resolveReport,
} from '../services/moderation/report-queue.service';
import { liftSuspension, suspendUser } from '../services/moderation/suspend.service';
import {
  findJudgeableVideo,
  restoreVideo,
  takeDownVideo,
} from '../services/moderation/take-down.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  deleteCommentSchema,
  liftSuspensionSchema,
  listActsSchema,
  listReportsSchema,
  resolveReportSchema,
  restoreSchema,
  suspendSchema,
  takeDownSchema,
} from '../validators/moderation.validator';
import { videoIdSchema } from '../validators/video.validator';

/** Handlers of /moderation. */
export function createModerationController({ publicUrl, removals, views }: AppDependencies) {
  const present = (video: VideoWithOwner) => presentVideo(views.withPending(video), publicUrl());

  return {
    listReports: asyncHandler(async (request, response) => {
      const { query } = inputOf(listReportsSchema, request);
      const { _id } = moderatorOf(request);
      const { rows, pagination } = await listReports(query, query, _id);
      const reports = rows.map((report) => presentReport(report, publicUrl(), _id, present));
      sendResponse(response, 200, reports, 'Reports', { pagination });
    }),

    resolveReport: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(resolveReportSchema, request);
      const moderator = moderatorOf(request);
      await resolveReport(moderator, params.reportId, body);
      audit(request, 'moderation', { act: `report-${body.resolution}`, report: params.reportId });
      const report = await findReport(params.reportId, moderator._id);
      const shown = presentReport(report, publicUrl(), moderator._id, present);
      sendResponse(response, 200, shown, 'Report resolved');
    }),

    video: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      const video = await findJudgeableVideo(params.videoId);
      sendResponse(response, 200, present(video), 'Video');
    }),

    takeDown: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(takeDownSchema, request);
      await takeDownVideo(moderatorOf(request), params.videoId, body.reason);
      audit(request, 'moderation', { act: 'video-taken-down', video: params.videoId });
      const video = await findJudgeableVideo(params.videoId);
      sendResponse(response, 200, present(video), 'Video taken down');
    }),

    restore: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(restoreSchema, request);
      await restoreVideo(moderatorOf(request), params.videoId, body.reason);
      audit(request, 'moderation', { act: 'video-restored', video: params.videoId });
      sendResponse(response, 200, {}, 'Video given back');
    }),

    deleteComment: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(deleteCommentSchema, request);
      await deleteCommentAsModerator(removals, moderatorOf(request), params.commentId, body.reason);
      audit(request, 'moderation', { act: 'comment-deleted', comment: params.commentId });
      sendResponse(response, 200, {}, 'Comment deleted');
    }),

    suspend: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(suspendSchema, request);
      const user = await suspendUser(moderatorOf(request), params.userId, body);
      audit(request, 'moderation', { act: 'user-suspended', user: params.userId });
      const shown = presentModeratedUser(user, publicUrl());
      sendResponse(response, 200, shown, 'Account suspended; its sessions are over');
    }),

    liftSuspension: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(liftSuspensionSchema, request);
      const user = await liftSuspension(moderatorOf(request), params.userId, body.reason);
      audit(request, 'moderation', { act: 'suspension-lifted', user: params.userId });
      sendResponse(response, 200, presentModeratedUser(user, publicUrl()), 'Suspension lifted');
    }),

    log: asyncHandler(async (request, response) => {
      const { query } = inputOf(listActsSchema, request);
      const { rows, pagination } = await listActs(query.target, query);
      const entries = rows.map((entry) => presentLogEntry(entry, publicUrl()));
      sendResponse(response, 200, entries, 'Moderation log', { pagination });
    }),
  };
}
