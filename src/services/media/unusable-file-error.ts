import { ApiError } from '../../utils/api-error';

/** The store has tried the file and cannot use it: not now, and not later. */
export class UnusableFileError extends ApiError {
  /** @param cause for the log alone */
  constructor(message: string, cause?: unknown) {
    super(415, message, { code: 'UNREADABLE_FILE', cause });
  }
}
