import type { RequestHandler } from 'express';
import { settleRenditions } from '../services/finished-renditions.service';
import { readFinishedRenditions } from '../services/media/cloudinary-notification';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';

/** Handler of Cloudinary's notifications: what is news to nobody is a success too. */
export const takeCloudinaryNotification: RequestHandler = asyncHandler(
  async (request, response) => {
    const finished = readFinishedRenditions(request.body);
    if (finished) await settleRenditions(finished);
    sendResponse(response, 200, {}, 'The notification has been taken');
  },
);
