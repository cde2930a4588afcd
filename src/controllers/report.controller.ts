import { API_PREFIX } from '../constants';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentOwnReport } from '../presenters/report.presenter';
import { addReport, findOwnReport, listOwnReports } from '../services/report.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  addReportSchema,
  listOwnReportsSchema,
  reportIdSchema,
} from '../validators/report.validator';

/** Handlers of /reports: what people ask of the moderators. */
export function createReportController() {
  return {
    add: asyncHandler(async (request, response) => {
      const { body } = inputOf(addReportSchema, request);
      const report = await addReport(viewerOf(request), body);
      response.location(`${API_PREFIX}/reports/${report._id.toString()}`);
      sendResponse(
        response,
        201,
        presentOwnReport(report),
        'Reported; a moderator will look at it',
      );
    }),

    list: asyncHandler(async (request, response) => {
      const { query } = inputOf(listOwnReportsSchema, request);
      const { rows, pagination } = await listOwnReports(viewerOf(request), query);
      sendResponse(response, 200, rows.map(presentOwnReport), 'Your reports', { pagination });
    }),

    get: asyncHandler(async (request, response) => {
      const { params } = inputOf(reportIdSchema, request);
      const report = await findOwnReport(params.reportId, viewerOf(request));
      sendResponse(response, 200, presentOwnReport(report), 'Your report');
    }),
  };
}
