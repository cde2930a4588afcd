import type { JobFailure } from '../../models/media-job.model';
import { UnreadableMediaError } from '../media/media-facts';
import { isRefusedForGood } from '../media/provider-error';
import { toApiError } from '../../utils/to-api-error';

/** Why an attempt failed, in words that tell the owner nothing about our insides. */
export function describeFailure(error: unknown): JobFailure {
  const { code, message } = toApiError(error);
  return { code, message, at: new Date() };
}

/** An accepted file is gone from the upload folder: somebody has deleted it. */
export class MissingFileError extends Error {
  constructor(name: string, cause: unknown) {
    super(`the accepted file ${name} is gone`, { cause });
    this.name = 'MissingFileError';
  }
}

/** Whether another attempt would fail as well, until a person has done something. */
export function isHopeless(error: unknown): boolean {
  return (
    isRefusedForGood(error) ||
    error instanceof UnreadableMediaError ||
    error instanceof MissingFileError
  );
}
