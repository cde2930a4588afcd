import type { Request, RequestHandler, Response } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { CHUNK_TYPE } from '../services/uploads/tus-protocol';
import { requireRoomFor } from '../services/uploads/upload-allowance';
import { createUploadSlots } from '../services/uploads/upload-slots';
import { afterAnswer } from '../utils/after-answer';
import { ApiError } from '../utils/api-error';
import { asyncHandler } from '../utils/async-handler';
import { clientNetwork } from '../utils/client-network';
import { createConcurrencyLimiter } from '../utils/concurrency-limiter';
import { rightOfWay } from '../utils/right-of-way';
import { optionalViewerOf } from './authenticate.middleware';
import { noted } from './route-notes';
import { FORM_OVERHEAD_BYTES } from './upload/upload-rules';
import { lingerThenHangUp } from './upload/form-size';

type SlotDependencies = Pick<AppDependencies, 'config' | 'logger'>;

/** Nobody can know when an upload ends: a guess that keeps clients from asking all the time. */
const RETRY_AFTER_SECONDS = 5;

/** The steps of one upload take milliseconds. */
const LONGEST_STAY_MILLISECONDS = 2000;

/** Of requests in an entrance: lets the next one in. */
const leaving = new WeakMap<Request, () => void>();

/**
 * Lets uploads in a few at a time, from here to where `uploadSlot` lets them through. Many that begin
 * at the same moment would else go through the same steps together, and every other request would
 * wait behind the whole crowd at each of its own. Put it before all that asks the database.
 * @param longestStay milliseconds after which an upload makes room however far it came: a refusal
 * counts as sent once its client takes it, and one behind another answer can wait for as long as the
 * client likes
 */
export function createUploadEntrance(longestStay = LONGEST_STAY_MILLISECONDS): RequestHandler {
  const entrance = createConcurrencyLimiter(2, Number.MAX_SAFE_INTEGER);
  const stay = (request: Request, response: Response, enter: () => void): Promise<void> =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestStay);
      const leave = (): void => {
        clearTimeout(timer);
        resolve();
      };
      leaving.set(request, leave);
      // Refused before it came through, or gone.
      afterAnswer(response, leave);
      enter();
    });
  return (request, response, next) => {
    if (!bringsFile(request)) {
      next();
      return;
    }
    void entrance.run(async () => {
      await rightOfWay.give();
      await stay(request, response, next);
    });
  };
}

/** One for all routes. */
export const uploadEntrance = createUploadEntrance();

/**
 * Lets an account have so many uploads come in at once, and guests so many per network; before
 * anything of a body is read. Also refuses what cannot fit into the account's quota. Put it behind
 * authentication. A request without files passes.
 * @throws ApiError (through next) 429 TOO_MANY_UPLOADS, 413 QUOTA_EXCEEDED
 */
export function uploadSlot({ config, logger }: SlotDependencies): RequestHandler {
  const slots = createUploadSlots({ ...config, logger });

  const take = asyncHandler(async (request, response, next) => {
    if (!bringsFile(request)) {
      next();
      return;
    }
    const viewer = optionalViewerOf(request);
    try {
      if (viewer) await requireRoomFor(viewer, leastBytes(request), config);
      const release = await slots.take(viewer?.toString() ?? clientNetwork(request.ip));
      if (!release) throw tooManyUploads();
      // When the body is over, or the client is gone; a refusal may leave some of it unread.
      request.once('close', release);
      response.once('close', release);
      if (request.closed) release();
    } catch (error) {
      lingerThenHangUp(request);
      throw error;
    }
    next();
    leaving.get(request)?.();
  });
  return noted(take, { uploadSlot: true });
}

/** A body of text fields alone comes in one piece and is read by then. */
function bringsFile(request: Request): boolean {
  return Boolean(request.is(['multipart/form-data', CHUNK_TYPE]));
}

/** What a form must at least bring, if its texts are as long as they may be; 0 if it does not say. */
function leastBytes(request: Request): number {
  // The bytes of a resumable upload were counted when it was made.
  if (!request.is('multipart/form-data')) return 0;
  const stated = Number(request.headers['content-length'] ?? 0);
  return Math.max(0, stated - FORM_OVERHEAD_BYTES);
}

function tooManyUploads(): ApiError {
  return new ApiError(429, 'Too many uploads at once; please wait until one of them is done', {
    code: 'TOO_MANY_UPLOADS',
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });
}
