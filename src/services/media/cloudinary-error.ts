import { ApiError } from '../../utils/api-error';

/** What Cloudinary, or the network on the way to it, said instead of a result. */
export class ProviderFailure extends Error {
  private constructor(
    message: string,
    /** 499 is the SDK's own number for its time-out. */
    readonly httpStatus: number | undefined,
    /** Node's code of a network or file error. */
    readonly networkCode: string | undefined,
  ) {
    super(`cloudinary: ${message} (${httpStatus ?? networkCode ?? 'no status'})`);
    this.name = 'ProviderFailure';
  }

  /**
   * Reads a rejection of the SDK: it rejects with plain objects, sometimes wrapped in `{ error }`,
   * with Node's errors, and with nothing at all.
   */
  static from(rejection: unknown): ProviderFailure {
    if (rejection instanceof ProviderFailure) return rejection;
    const outer = asRecord(rejection);
    const inner = typeof outer.error === 'object' ? asRecord(outer.error) : outer;
    return new ProviderFailure(
      typeof inner.message === 'string' ? inner.message : 'no answer',
      typeof inner.http_code === 'number' ? inner.http_code : undefined,
      typeof inner.code === 'string' ? inner.code : undefined,
    );
  }

  /** Whether the same request may succeed in a moment: throttling, their faults, the network. */
  get isTransient(): boolean {
    if (this.httpStatus === undefined) return this.networkCode !== 'ENOENT';
    return [420, 429, 499].includes(this.httpStatus) || this.httpStatus >= 500;
  }

  /** The answer for the client: 502; the provider's own words are for the log alone (`cause`). */
  toApiError(): ApiError {
    return ApiError.badGateway('The media provider did not take the request; please try again', {
      cause: this,
    });
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
