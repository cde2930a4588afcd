/**
 * What a job waits for has not happened yet, e.g. a provider is still at work: it is asked again
 * later, and this counts as no failure.
 */
export class NotYetError extends Error {
  /** @param seconds until it is worth asking again */
  constructor(readonly seconds: number) {
    super(`not yet; ask again in ${seconds} s`);
    this.name = 'NotYetError';
  }
}
