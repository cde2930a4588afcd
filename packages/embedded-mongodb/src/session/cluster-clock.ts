import { Binary, Long, Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';

/** The server refuses clocks that are more than a year ahead (maxAcceptableLogicalClockDriftSecs). */
const MAX_DRIFT_SECONDS = 365 * 24 * 60 * 60;
const EMPTY_HASH = Buffer.alloc(20);

/**
 * The logical clock of the one-member set: (seconds, increment) pairs that only move forward.
 * Writes tick it; every reply reports it as `$clusterTime` and the last write as `operationTime`
 * (https://www.mongodb.com/docs/manual/reference/method/db.runCommand/#response).
 */
export class ClusterClock {
  private clusterTime: Timestamp;
  private lastWrite: Timestamp;

  constructor(private readonly now: () => number = Date.now) {
    this.clusterTime = new Timestamp({ t: this.seconds(), i: 1 });
    this.lastWrite = this.clusterTime;
  }

  /** The time of a new write, later than everything before it. */
  tick(): Timestamp {
    const seconds = this.seconds();
    const current = this.clusterTime;
    this.clusterTime =
      seconds > current.t
        ? new Timestamp({ t: seconds, i: 1 })
        : new Timestamp({ t: current.t, i: current.i + 1 });
    this.lastWrite = this.clusterTime;
    return this.lastWrite;
  }

  get operationTime(): Timestamp {
    return this.lastWrite;
  }

  /**
   * Takes over a later cluster time that a client gossips.
   * @throws MongoServerError ClusterTimeFailsRateLimiter when it is unreasonably far ahead.
   */
  advance(clusterTime: Timestamp): void {
    if (clusterTime.lessThanOrEqual(this.clusterTime)) return;
    if (clusterTime.t > this.seconds() + MAX_DRIFT_SECONDS) {
      throw new MongoServerError(
        'ClusterTimeFailsRateLimiter',
        `New cluster time, ${clusterTime.t}, is too far from this node's wall clock time, ${this.seconds()}.`,
      );
    }
    this.clusterTime = clusterTime;
  }

  /** Whether `afterClusterTime` may be asked for: nothing later than the clock was ever given out. */
  knows(clusterTime: Timestamp): boolean {
    return clusterTime.lessThanOrEqual(this.clusterTime);
  }

  /** The `$clusterTime` document; without authentication the server signs it with zeros. */
  gossip(): BsonDocument {
    const signature = new Map<string, Value>([
      ['hash', new Binary(EMPTY_HASH)],
      ['keyId', Long.ZERO],
    ]);
    return new Map<string, Value>([
      ['clusterTime', this.clusterTime],
      ['signature', signature],
    ]);
  }

  private seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}
