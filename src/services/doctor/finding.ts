export type FindingState = 'ok' | 'warning' | 'failed';

/** What a check says about one thing. */
export interface Finding {
  /** What was looked at, in a word or two. */
  what: string;
  /** `warning`: it runs, and somebody should know. `failed`: it does not run, or not safely. */
  state: FindingState;
  says: string;
  /** What to do about it; absent when nothing is to be done. */
  advice?: string;
}

export function ok(what: string, says: string): Finding {
  return { what, state: 'ok', says };
}

export function warning(what: string, says: string, advice: string): Finding {
  return { what, state: 'warning', says, advice };
}

export function failed(what: string, says: string, advice: string): Finding {
  return { what, state: 'failed', says, advice };
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** For people: `1.5 GiB`. */
export function describeBytes(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power]}`;
}
