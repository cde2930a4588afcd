import { mongo, type Types } from 'mongoose';
import { SeedRefusedError } from './begin-seed';
import type { RowTools } from './rows/row-tools';
import { rowId } from './seed-ids';
import { seedRecords, type SeedRecord } from './seed-progress';
import type { SeedStep } from './seed-steps';

const BATCH_SIZE = 2000;

type Row = mongo.Document & { _id: Types.ObjectId };

/**
 * Writes the rows of one kind that are not there yet, batch by batch. While the database writes one, the
 * next is made.
 * @param onWritten told after every batch, with the number of its rows
 * @throws SeedRefusedError when somebody else's row has a key of ours, e.g. a username
 */
export async function writeStep(
  step: SeedStep,
  tools: RowTools,
  record: SeedRecord,
  onWritten: (rows: number) => void,
): Promise<void> {
  const count = step.count(record.plan);
  const begun = record.written[step.kind] ?? 0;
  let rows = makeRows(step, tools, begun, count);
  for (let start = begun; start < count; start += BATCH_SIZE) {
    const end = Math.min(start + BATCH_SIZE, count);
    const writing = writeBatch(step, tools.seed, start, rows);
    rows = makeRows(step, tools, end, count);
    await writing;
    await seedRecords().updateOne({ _id: record._id }, { $set: { [`written.${step.kind}`]: end } });
    onWritten(end - start);
  }
}

function makeRows({ row }: SeedStep, tools: RowTools, start: number, count: number): Row[] {
  const length = Math.max(0, Math.min(BATCH_SIZE, count - start));
  return Array.from({ length }, (_row, index) => row(tools, start + index) as Row);
}

/** A batch of which nobody wrote down that it was written may be there, or a part of it. */
async function writeBatch(
  { kind, collection }: SeedStep,
  seed: number,
  start: number,
  rows: readonly Row[],
): Promise<void> {
  const range = { $gte: rowId(seed, kind, start), $lt: rowId(seed, kind, start + rows.length) };
  const there = await collection.find({ _id: range }, { projection: { _id: 1 } }).toArray();
  const known = new Set(there.map(({ _id }) => String(_id)));
  const missing = rows.filter(({ _id }) => !known.has(_id.toString()));
  if (missing.length === 0) return;
  try {
    // As Mongoose does: what is not there leaves no null behind.
    await collection.insertMany(missing, { ordered: false, ignoreUndefined: true });
  } catch (error) {
    if (error instanceof mongo.MongoBulkWriteError && error.code === 11000) {
      throw new SeedRefusedError(`what is there stands in the way: ${error.message}`);
    }
    throw error;
  }
}
