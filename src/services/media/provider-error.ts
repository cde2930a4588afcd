import { ApiError } from '../../utils/api-error';
import { UnusableFileError } from './unusable-file-error';

interface ProviderErrorOptions {
  cause: unknown;
  /** Whether the same file may be taken later: also when first somebody has to mend something. */
  retryable: boolean;
  /** When the provider said how long to stay away. */
  retryAfterSeconds?: number;
}

/** A media provider did not do what it was asked: 502 for a client that waits. */
export class ProviderError extends ApiError {
  readonly retryable: boolean;
  readonly retryAfterSeconds?: number;

  /** The provider's own words are for the log alone (`cause`). */
  constructor({ cause, retryable, retryAfterSeconds }: ProviderErrorOptions) {
    super(502, 'The media provider did not take the request; please try again', {
      code: 'PROVIDER_ERROR',
      cause,
    });
    this.retryable = retryable;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Whether a store refused for good, so that asking again is of no use. */
export function isRefusedForGood(error: unknown): boolean {
  if (error instanceof UnusableFileError) return true;
  return error instanceof ProviderError && !error.retryable;
}
