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

/** What an active fail point does to a retryable write. */
export interface WriteFailure {
  readonly closeConnection: boolean;
  /** The write is given up with this error; without it the write is made and only its answer lost. */
  readonly errorCode?: number;
}

/** How often a fail point strikes. */
interface FailPointMode {
  remaining: number;
  skips: number;
  timesEntered: number;
}

interface CommandFailPoint extends FailPointMode {
  readonly commands: ReadonlySet<string>;
  readonly appName?: string;
  readonly failure: Failure;
}

interface WriteFailPoint extends FailPointMode {
  readonly failure: WriteFailure;
}

const FAIL_COMMAND = 'failCommand';
const FAIL_WRITE = 'onPrimaryTransactionalWrite';

/**
 * The server's fault injection for tests, which the drivers' specification tests rely on:
 * `configureFailPoint: 'failCommand'` makes chosen commands fail, stall or lose their connection;
 * `onPrimaryTransactionalWrite` does so to retryable writes at the moment they are committed.
 */
export class FailPoints {
  private command?: CommandFailPoint;
  private write?: WriteFailPoint;

  /** @param enabled as mongod's `enableTestCommands`. */
  constructor(readonly enabled: boolean) {}

  /**
   * Sets or clears a fail point.
   * @returns the reply's `count`: how often the previous setting struck.
   * @throws MongoServerError FailPointSetFailed for other names.
   */
  configure(parsed: CommandArguments): number {
    const name = parsed.requiredString('configureFailPoint');
    const mode = parseMode(parsed.raw('mode'));
    const data = parsed.document('data');
    if (name === FAIL_COMMAND) {
      const before = this.command?.timesEntered ?? 0;
      this.command = mode && { ...mode, ...parseCommandData(data) };
      return before;
    }
    if (name === FAIL_WRITE) {
      const before = this.write?.timesEntered ?? 0;
      this.write = mode && { ...mode, failure: parseWriteData(data) };
      return before;
    }
    throw new MongoServerError('FailPointSetFailed', `${name} not found`);
  }

  /** The failure that this command must suffer now, if any. */
  strike(command: string, appName: string | undefined): Failure | undefined {
    const point = this.command;
    if (!point || !point.commands.has(command)) return undefined;
    if (point.appName !== undefined && point.appName !== appName) return undefined;
    return enter(point) ? point.failure : undefined;
  }

  /** Whether retryable writes are given up rather than made and their answer lost. */
  get strikesBeforeCommit(): boolean {
    return this.write?.failure.errorCode !== undefined;
  }

  /** The failure that the commit of this retryable write must suffer now, if any. */
  strikeWrite(): WriteFailure | undefined {
    const point = this.write;
    return point && enter(point) ? point.failure : undefined;
  }
}

/** Counts one pass; whether it strikes. */
function enter(point: FailPointMode): boolean {
  if (point.remaining <= 0) return false;
  if (point.skips > 0) {
    point.skips -= 1;
    return false;
  }
  point.timesEntered += 1;
  point.remaining -= 1;
  return true;
}

/** @returns undefined for a fail point that is switched off. */
function parseMode(mode: Value | undefined): FailPointMode | undefined {
  if (mode === 'off') return undefined;
  if (mode === 'alwaysOn') return { remaining: Infinity, skips: 0, timesEntered: 0 };
  if (mode instanceof Map) {
    const times = toNumber(mode.get('times'));
    const skip = toNumber(mode.get('skip'));
    if (times !== undefined) return { remaining: times, skips: 0, timesEntered: 0 };
    if (skip !== undefined) return { remaining: Infinity, skips: skip, timesEntered: 0 };
  }
  throw new MongoServerError(
    'BadValue',
    "'mode' must be one of 'off', 'alwaysOn', 'times', 'skip'",
  );
}

function parseWriteData(data: BsonDocument | undefined): WriteFailure {
  const parsed = new CommandArguments('data', data ?? new Map<string, Value>());
  const errorCode = parsed.number('failBeforeCommitExceptionCode');
  return {
    closeConnection: parsed.boolean('closeConnection') !== false,
    ...(errorCode !== undefined && { errorCode }),
  };
}

function parseCommandData(
  data: BsonDocument | undefined,
): Pick<CommandFailPoint, 'commands' | 'appName' | 'failure'> {
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
