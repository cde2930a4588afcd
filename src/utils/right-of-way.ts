/** Lets work that is long anyway wait while there is work that somebody wants done at once. */
export interface RightOfWay {
  /** Something quick begins. @returns to be called once when it is over */
  take(): () => void;
  /** Resolves when nothing quick is under way, or after the patience of those who wait. Never rejects. */
  give(): Promise<void>;
}

/**
 * @param patience milliseconds that nobody waits longer for at a time: where there is always
 *   something quick under way, what is long goes on all the same
 */
export function createRightOfWay(patience: number): RightOfWay {
  let underWay = 0;
  const waiting = new Set<() => void>();
  return {
    take() {
      underWay += 1;
      return () => {
        underWay -= 1;
        if (underWay > 0) return;
        for (const goOn of waiting) goOn();
      };
    },

    async give() {
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        const goOn = (): void => {
          clearTimeout(timer);
          waiting.delete(goOn);
          resolve();
        };
        const timer = setTimeout(goOn, patience);
        waiting.add(goOn);
      });
    },
  };
}

/** Most answers take no longer; and a line of uploads that waits so long for each block is still fast. */
const PATIENCE_MILLISECONDS = 20;

/** Of this process: it has one thread for all requests. */
export const rightOfWay = createRightOfWay(PATIENCE_MILLISECONDS);
