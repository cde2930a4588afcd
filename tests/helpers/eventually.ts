import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats an assertion until it holds, for what happens after an answer was sent.
 * @throws the assertion's last error when it never held
 */
export async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  const attempts = 1000;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await delay(Math.min(attempt * 5, 50));
    }
  }
}
