import type { Collection, Types } from 'mongoose';
import type { Removals } from './removal.service';

/** Rows deleted by one command: none holds up the others for long, however popular the thing was. */
const BATCH_SIZE = 500;

/**
 * Told after every batch: a long removal is still alive.
 * @throws whatever ends the removal here; what is left is for a later run
 */
export type OnProgress = () => Promise<void>;

/** What a step needs of the remover that runs it. */
export interface StepTools {
  onProgress: OnProgress;
  /** For steps that delete things with removals of their own. */
  removals: Pick<Removals, 'schedule'> & {
    /** Carries out a scheduled removal, whatever time it takes. Never rejects. */
    finish(removalId: Types.ObjectId, onProgress: OnProgress): Promise<void>;
  };
}

/** Deletes all rows that match. */
export async function removeInBatches(
  rows: Collection,
  filter: Record<string, unknown>,
  onProgress: OnProgress,
): Promise<void> {
  await inBatches(rows, filter, onProgress, (ids) => rows.deleteMany({ _id: { $in: ids } }));
}

/**
 * Changes all rows that match, never knowing more ids than one batch.
 * @param change makes these rows match the filter no more
 */
export async function inBatches(
  rows: Collection,
  filter: Record<string, unknown>,
  onProgress: OnProgress,
  change: (ids: Types.ObjectId[]) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const found = await rows
      .find<{ _id: Types.ObjectId }>(filter, { projection: { _id: 1 } })
      .limit(BATCH_SIZE)
      .toArray();
    if (found.length === 0) return;
    await change(found.map(({ _id }) => _id));
    await onProgress();
  }
}
