import { Int32, Long } from 'bson';
import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';
import { CommandArguments, toNumber } from './arguments';

/** What an active fail point does to a command. */
export interface Failure {
  readonly errorCode?: number;
  readonly closeConnection: boolean;
  readonly blockTimeMS: number;
  readonly writeConcernError?: BsonDocument;
  /** Replaces the labels that the error would carry. */
  readonly errorLabels?: readonly string[];
}

interface ActiveFailPoint {
  readonly commands: ReadonlySet<string>;
  readonly appName?: string;
  readonly failure: Failure;
  remaining: number;
  skips: number;
  timesEntered: number;
}

const FAIL_COMMAND = 'failCommand';

/**
 * The server's fault injection for tests: `configureFailPoint: 'failCommand'` makes chosen commands
 * fail, stall or lose their connection (the drivers' specification tests rely on it).
 */
export class FailPoints {
  private active?: ActiveFailPoint;

  /** @param enabled as mongod's `enableTestCommands`. */
  constructor(readonly enabled: boolean) {}

  /**
   * Sets or clears a fail point.
   * @returns the reply's `count`: how often the previous setting struck.
   * @throws MongoServerError FailPointSetFailed for names other than `failCommand`.
   */
  configure(parsed: CommandArguments): number {
    const name = parsed.requiredString('configureFailPoint');
    if (name !== FAIL_COMMAND) {
      throw new MongoServerError('FailPointSetFailed', `${name} not found`);
    }
    const mode = parsed.raw('mode');
    const before = this.active?.timesEntered ?? 0;
    if (mode === 'off') {
      this.active = undefined;
      return before;
    }
    this.active = { ...parseMode(mode), ...parseData(parsed.document('data')), timesEntered: 0 };
    return before;
  }

  /** The failure that this command must suffer now, if any. */
  strike(command: string, appName: string | undefined): Failure | undefined {
    const point = this.active;
    if (!point || !point.commands.has(command)) return undefined;
    if (point.appName !== undefined && point.appName !== appName) return undefined;
    if (point.skips > 0) {
      point.skips -= 1;
      return undefined;
    }
    point.timesEntered += 1;
    point.remaining -= 1;
    if (point.remaining <= 0) this.active = undefined;
    return point.failure;
  }
}

function parseMode(mode: Value | undefined): { remaining: number; skips: number } {
  if (mode === 'alwaysOn') return { remaining: Infinity, skips: 0 };
  if (mode instanceof Map) {
    const times = toNumber(mode.get('times'));
    const skip = toNumber(mode.get('skip'));
    if (times !== undefined) return { remaining: times, skips: 0 };
    if (skip !== undefined) return { remaining: Infinity, skips: skip };
  }
  throw new MongoServerError(
    'BadValue',
    "'mode' must be one of 'off', 'alwaysOn', 'times', 'skip'",
  );
}

function parseData(
  data: BsonDocument | undefined,
): Pick<ActiveFailPoint, 'commands' | 'appName' | 'failure'> {
  const parsed = new CommandArguments('data', data ?? new Map<string, Value>());
  const appName = parsed.string('appName');
  const errorCode = parsed.number('errorCode');
  const writeConcernError = parsed.document('writeConcernError');
  const labels = strings(parsed.raw('errorLabels'));
  const blocks = parsed.boolean('blockConnection') === true;
  const failure: Failure = {
    closeConnection: parsed.boolean('closeConnection') === true,
    blockTimeMS: blocks ? (parsed.number('blockTimeMS') ?? 0) : 0,
    ...(errorCode !== undefined && { errorCode }),
    ...(writeConcernError && { writeConcernError }),
    ...(labels && { errorLabels: labels }),
  };
  return {
    commands: new Set(strings(parsed.raw('failCommands')) ?? []),
    ...(appName !== undefined && { appName }),
    failure,
  };
}

function strings(value: Value | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((entry): entry is string => typeof entry === 'string');
}

/** The `count` of configureFailPoint's reply as BSON. */
export function failPointCount(count: number): Int32 | Long {
  return count <= 0x7fffffff ? new Int32(count) : Long.fromNumber(count);
}
