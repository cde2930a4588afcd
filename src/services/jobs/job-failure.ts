import type { JobFailure } from '../../models/media-job.model';
import { isRefusedForGood } from '../media/provider-error';
import { UnreadableMediaError } from '../media/probe';
import { toApiError } from '../../utils/to-api-error';

/** Why an attempt failed, in words that tell the owner nothing about our insides. */
export function describeFailure(error: unknown): JobFailure {
  const { code, message } = toApiError(error);
  return { code, message, at: new Date() };
}

/** Whether another attempt would fail as well, until a person has done something. */
export function isHopeless(error: unknown): boolean {
  return isRefusedForGood(error) || error instanceof UnreadableMediaError || isMissingFile(error);
}

/** An accepted file is gone from the upload folder: somebody has deleted it. */
function isMissingFile(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
