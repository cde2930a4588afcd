/** One of many writers who share the disk and the thread that feeds it. */
export interface WriteTurn {
  /**
   * @param bytes that `work` writes
   * @returns what `work` returns, once a place was free and nobody with an earlier turn wanted it
   */
  run<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

export interface WriteTurns {
  /** A turn behind all that there are. It holds no place while its writer has nothing to write. */
  join(): WriteTurn;
}

interface Waiting {
  number: number;
  admit: () => void;
}

/**
 * Lets the writers that came first get ahead: of many equal files that are received at once, one is
 * done after the other, and what is to be done with each then comes in one by one as well. With the
 * places going round, all would be done at the same moment, later, and nothing else would be served
 * in it. So that a large file does not keep small ones waiting, a turn ends after so many bytes and
 * its writer goes to the end of the line.
 * @param places how many write at once
 * @param bytesPerTurn with so many writers, each waits for as many times these bytes at most
 */
export function createWriteTurns(places: number, bytesPerTurn: number): WriteTurns {
  let latest = 0;
  let taken = 0;
  /** By number, the earliest last. */
  const waiting: Waiting[] = [];

  const enter = async (number: number): Promise<void> => {
    if (taken < places) {
      taken += 1;
      return;
    }
    await new Promise<void>((admit) => {
      const behind = waiting.findIndex((other) => other.number < number);
      waiting.splice(behind < 0 ? waiting.length : behind, 0, { number, admit });
    });
  };

  /** The place goes straight to the next, so nobody new can slip in between. */
  const leave = (): void => {
    const next = waiting.pop();
    if (next) next.admit();
    else taken -= 1;
  };

  return {
    join() {
      let number = (latest += 1);
      let left = bytesPerTurn;
      return {
        async run(bytes, work) {
          if (left <= 0) {
            number = latest += 1;
            left = bytesPerTurn;
          }
          left -= bytes;
          await enter(number);
          try {
            return await work();
          } finally {
            leave();
          }
        },
      };
    },
  };
}
