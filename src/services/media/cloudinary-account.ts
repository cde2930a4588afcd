import https, { type Agent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CloudinaryConfig } from '../../config';
import { ProviderFailure } from './cloudinary-error';
import { watchRequests } from './cloudinary-requests';

export interface CloudinaryAccountOptions {
  config: CloudinaryConfig;
  logger: Logger;
  /** For hosts whose certificate is not publicly trusted. */
  agent?: Agent;
  /** Silence on the connection for this long ends an attempt. */
  timeoutMilliseconds?: number;
  attempts?: number;
  /** Doubles with every further attempt. */
  firstDelayMilliseconds?: number;
  /** A provider that wants to be left alone for longer is left to a later call. */
  longestRetryAfterSeconds?: number;
  /** Passes the time between two attempts. */
  pause?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** The options that every call of the SDK needs; it is configured nowhere else. */
export type AccountOptions = Readonly<Record<string, unknown>>;

interface Attempts {
  /** For the log. */
  action: string;
  signal?: AbortSignal | undefined;
  attempts?: number;
  timeoutMilliseconds?: number;
}

/** Calls Cloudinary on behalf of one account: with time-outs, again when that may help, stoppable. */
export class CloudinaryAccount {
  private readonly settings: Required<CloudinaryAccountOptions>;

  constructor(options: CloudinaryAccountOptions) {
    this.settings = {
      agent: https.globalAgent,
      timeoutMilliseconds: 60_000,
      attempts: 4,
      firstDelayMilliseconds: 500,
      longestRetryAfterSeconds: 10,
      pause: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
      ...options,
    };
  }

  get cloudName(): string {
    return this.settings.config.cloudName;
  }

  /**
   * @param call makes the request or requests of one attempt, with these options
   * @throws ProviderError once no further attempt helps
   * @throws the signal's reason when it is aborted
   */
  async call<Result>(
    { action, signal, attempts = this.settings.attempts, timeoutMilliseconds }: Attempts,
    call: (options: AccountOptions) => Promise<Result>,
  ): Promise<Result> {
    const { agent, logger, longestRetryAfterSeconds, pause } = this.settings;
    for (let number = 1; ; number += 1) {
      signal?.throwIfAborted();
      const requests = watchRequests(agent, signal);
      try {
        return await call(this.options(requests.agent, timeoutMilliseconds));
      } catch (rejection) {
        signal?.throwIfAborted();
        const failure = ProviderFailure.from(rejection);
        const retryAfter = requests.retryAfterSeconds();
        logger.warn({ err: failure, action, number, retryAfter }, 'the media provider failed');
        const isTooFarOff = (retryAfter ?? 0) > longestRetryAfterSeconds;
        if (number >= attempts || !failure.isTransient || isTooFarOff) {
          throw failure.toProviderError(retryAfter);
        }
        await pause(this.pauseMilliseconds(number, retryAfter), signal);
      }
    }
  }

  /** With jitter: clients that failed together must not come back together. */
  private pauseMilliseconds(number: number, retryAfterSeconds = 0): number {
    const longest = this.settings.firstDelayMilliseconds * 2 ** (number - 1);
    return Math.max(longest * (0.5 + Math.random() / 2), retryAfterSeconds * 1000);
  }

  private options(agent: Agent, timeout = this.settings.timeoutMilliseconds): AccountOptions {
    const { cloudName, apiKey, apiSecret, uploadPrefix } = this.settings.config;
    return {
      cloud_name: cloudName,
      api_key: apiKey,
      api_secret: apiSecret,
      secure: true,
      timeout,
      agent,
      ...(uploadPrefix && { upload_prefix: uploadPrefix }),
    };
  }
}
