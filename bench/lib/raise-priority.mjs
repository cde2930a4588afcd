import os from 'node:os';

const PRIORITY = -5;

/**
 * Lets this process go before others where the system grants it, so that what it times is the
 * server's waiting and not its own. @returns whether it was granted
 */
export function raisePriority() {
  try {
    os.setPriority(PRIORITY);
    return true;
  } catch {
    // Only whoever may do so; the report says whether.
    return false;
  }
}
