import { ProviderError } from './provider-error';

/** Cloudinary's own and the standard's status for too many calls. */
const THROTTLED = new Set([420, 429]);
/** Of slow requests; 499 is the SDK's own number for its time-out. */
const TOO_SLOW = new Set([408, 425, 499]);
/** Refusals that an operator mends: a wrong key or address, an unpaid account. */
const OF_THE_ACCOUNT = new Set([401, 402, 403, 404, 407]);

/** What Cloudinary, or the network on the way to it, said instead of a result. */
export class ProviderFailure extends Error {
  private constructor(
    private readonly reason: string,
    readonly httpStatus: number | undefined,
    /** Node's code of a network or file error. */
    readonly networkCode: string | undefined,
  ) {
    super(`cloudinary: ${reason} (${httpStatus ?? networkCode ?? 'no status'})`);
    this.name = 'ProviderFailure';
  }

  /**
   * Reads a rejection of the SDK: it rejects with plain objects, sometimes wrapped in `{ error }`,
   * with Node's errors, with Node's errors as the `message`, and with nothing at all. Nothing else
   * is kept of it, as those of the Admin API hold the secret.
   */
  static from(rejection: unknown): ProviderFailure {
    if (rejection instanceof ProviderFailure) return rejection;
    const outer = asRecord(rejection);
    const inner = typeof outer.error === 'object' ? asRecord(outer.error) : outer;
    const { message } = inner;
    return new ProviderFailure(
      typeof message === 'string'
        ? message
        : message instanceof Error
          ? message.message
          : 'no answer',
      typeof inner.http_code === 'number' ? inner.http_code : undefined,
      typeof inner.code === 'string' ? inner.code : undefined,
    );
  }

  /** Whether the same request may succeed in a moment: throttling, their faults, the network. */
  get isTransient(): boolean {
    const { httpStatus } = this;
    if (httpStatus === undefined) return this.networkCode !== 'ENOENT';
    // A success whose answer was cut off or is not JSON carries its status, 200.
    if (httpStatus < 400 || httpStatus >= 500) return true;
    return this.isThrottled || TOO_SLOW.has(httpStatus) || this.isStale;
  }

  /** Whether it is about the file itself, so that no later attempt can succeed. */
  get isPermanent(): boolean {
    if (this.isAbsence) return true;
    return !this.isTransient && !OF_THE_ACCOUNT.has(this.httpStatus ?? 0);
  }

  /** There is no such file; any other 404 is about the address that we use. */
  get isAbsence(): boolean {
    return this.httpStatus === 404 && this.reason.startsWith('Resource not found');
  }

  /** The provider lives and wants to be left alone for a while. */
  get isThrottled(): boolean {
    return THROTTLED.has(this.httpStatus ?? 0);
  }

  /** A 400 about our clock, not about the file: the process had slept, or the clock is wrong. */
  private get isStale(): boolean {
    return this.httpStatus === 400 && this.reason.startsWith('Stale request');
  }

  toProviderError(retryAfterSeconds?: number): ProviderError {
    return new ProviderError({ cause: this, retryable: !this.isPermanent, retryAfterSeconds });
  }
}

/** Whether a call failed because Cloudinary is throttling us. */
export function isThrottled(error: unknown): boolean {
  const { cause } = asRecord(error);
  return cause instanceof ProviderFailure && cause.isThrottled;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
