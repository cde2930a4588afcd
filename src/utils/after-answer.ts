import type { Response } from 'express';

/**
 * Runs work once the answer is out, or its receiver is gone: how long the work takes, and whether
 * there is any, cannot be told from the answer.
 */
export function afterAnswer(response: Response, work: () => void): void {
  if (response.closed) work();
  else response.once('close', work);
}
