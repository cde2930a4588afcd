import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDuplicateKey } from '../../db/duplicate-key';
import { LEASE_ID, migrationRecords } from './migration-records';

/** What a crash costs: until then, nobody knows that the process is no more. */
const LEASE_MILLISECONDS = 15_000;
const RENEWAL_MILLISECONDS = LEASE_MILLISECONDS / 5;
const POLL_MILLISECONDS = 250;

/** Told to whoever works under the lease. */
export interface HeldLease {
  /** @throws Error when the lease could not be kept: another process may be at work */
  assertHeld(): void;
}

/**
 * Runs `work` while no other process migrates this database.
 * @param onWait told once when another process does; this one then waits for its end
 */
export async function underLease<Result>(
  work: (lease: HeldLease) => Promise<Result>,
  onWait: () => void,
): Promise<Result> {
  const holder = randomUUID();
  if (!(await take(holder))) {
    onWait();
    do await delay(POLL_MILLISECONDS);
    while (!(await take(holder)));
  }
  let heldUntil = Date.now() + LEASE_MILLISECONDS;
  const renewal = setInterval(() => {
    const until = Date.now() + LEASE_MILLISECONDS;
    // A renewal that fails is tried again; `assertHeld` sees when none came through in time.
    renew(holder, new Date(until)).then(
      (isOurs) => (heldUntil = isOurs ? until : 0),
      () => undefined,
    );
  }, RENEWAL_MILLISECONDS);
  try {
    return await work({
      assertHeld: () => {
        if (Date.now() >= heldUntil) throw new Error('another process may be migrating; try again');
      },
    });
  } finally {
    clearInterval(renewal);
    await migrationRecords().deleteOne({ _id: LEASE_ID, holder });
  }
}

/** @returns false when another process has it */
async function take(holder: string): Promise<boolean> {
  const now = new Date();
  const lease = { holder, until: new Date(now.getTime() + LEASE_MILLISECONDS) };
  try {
    await migrationRecords().updateOne(
      { _id: LEASE_ID, until: { $lte: now } },
      { $set: lease },
      { upsert: true },
    );
    return true;
  } catch (error) {
    // The lease is there and has not run out, so it was not found and cannot be made again.
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

async function renew(holder: string, until: Date): Promise<boolean> {
  const filter = { _id: LEASE_ID, holder };
  const { matchedCount } = await migrationRecords().updateOne(filter, { $set: { until } });
  return matchedCount === 1;
}
