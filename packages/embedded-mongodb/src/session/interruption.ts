import { MongoServerError } from '../errors';

/**
 * Why a running operation should stop: its client is gone, it was killed, or its time is up.
 * A cursor lives longer than the command and connection that opened it, so both can be replaced.
 */
export class Interruption {
  private killed = false;
  /** Moment (Date.now() scale) at which maxTimeMS is used up. */
  deadline?: number;

  constructor(private isGone: () => boolean) {}

  /** Another command goes on with the same operation. */
  continueFor(isGone: () => boolean, remainingTimeMS: number | undefined): void {
    this.isGone = isGone;
    this.deadline = remainingTimeMS === undefined ? undefined : Date.now() + remainingTimeMS;
  }

  kill(): void {
    this.killed = true;
  }

  /**
   * True when the operation should end because nobody waits for it.
   * @throws MongoServerError MaxTimeMSExpired.
   */
  readonly check = (): boolean => {
    if (this.deadline !== undefined && Date.now() >= this.deadline) {
      throw new MongoServerError('MaxTimeMSExpired', 'operation exceeded time limit');
    }
    return this.killed || this.isGone();
  };
}
