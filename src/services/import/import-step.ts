import { mongo, type Collection, type Model, type Types } from 'mongoose';
import { idOf, type CourseDocument } from './course-document';
import { newReport, note, type StepReport } from './import-report';

/** Documents read and written together. */
const BATCH_SIZE = 500;
/** MongoDB's DuplicateKey. */
const DUPLICATE_KEY = 11000;

/** A document that has no place in our database; the message says why. */
export class LeftOut extends Error {}

/** A document of ours that another one refers to. */
export interface Reference {
  in: Collection;
  id: Types.ObjectId | undefined;
}

export interface ConvertTools {
  /** Whether a document of ours is there; its reference must be among those of `refersTo`. */
  isThere(reference: Reference): boolean;
  /** Notes that the row is not as it was. */
  changed(what: string, detail?: string): void;
}

/** How the documents of one kind become rows of ours. */
export interface ImportStep<Fields> {
  /** What the report calls them. */
  name: string;
  /** Their collection in the other database. */
  from: string;
  into: Model<Fields>;
  refersTo(source: CourseDocument): Reference[];
  /**
   * @returns the row, or the rows that a list inside the document stands for; with their `_id`
   * @throws LeftOut
   */
  convert(source: CourseDocument, tools: ConvertTools): Partial<Fields>[];
  /** What it means that a unique index holds a row's key; without it, that it was there already. */
  duplicate?: (index: string) => string;
}

/**
 * Takes over all documents of one kind, in batches by `_id`. Rows that are there stay as they are, so
 * it can be run again after anything.
 */
export async function runStep<Fields>(
  source: mongo.Db,
  step: ImportStep<Fields>,
): Promise<StepReport> {
  const report = newReport(step.name);
  const documents = source.collection<CourseDocument>(step.from).find({}).sort({ _id: 1 });
  let batch: CourseDocument[] = [];
  for await (const document of documents) {
    batch.push(document);
    if (batch.length === BATCH_SIZE) {
      await runBatch(step, batch, report);
      batch = [];
    }
  }
  await runBatch(step, batch, report);
  return report;
}

async function runBatch<Fields>(
  step: ImportStep<Fields>,
  batch: readonly CourseDocument[],
  report: StepReport,
): Promise<void> {
  const isThere = await findReferences(batch.flatMap((source) => step.refersTo(source)));
  const rows: mongo.Document[] = [];
  for (const source of batch) {
    const label = idOf(source._id)?.toString() ?? String(source._id);
    const leaveOut = (error: unknown): void => {
      if (!(error instanceof LeftOut)) throw error;
      note(report.leftOut, error.message, label);
    };
    const tools: ConvertTools = {
      isThere,
      changed: (what, detail) =>
        note(report.changed, what, detail === undefined ? label : `${label}: ${detail}`),
    };
    try {
      const converted = step.convert(source, tools);
      report.read += converted.length;
      for (const row of converted) {
        await checkedRow(step.into, row).then((checked) => rows.push(checked), leaveOut);
      }
    } catch (error) {
      report.read += 1;
      leaveOut(error);
    }
  }
  for (let start = 0; start < rows.length; start += BATCH_SIZE) {
    await insertNew(step, rows.slice(start, start + BATCH_SIZE), report);
  }
}

/** The row with its defaults, as the model would write it. @throws LeftOut */
async function checkedRow<Fields>(
  model: Model<Fields>,
  row: Partial<Fields>,
): Promise<mongo.Document> {
  const document = new model(row);
  try {
    await document.validate();
  } catch (error) {
    throw new LeftOut(error instanceof Error ? error.message : String(error));
  }
  return { ...document.toObject<mongo.Document>(), __v: 0 };
}

/** Looks up what a batch refers to, one query for each collection and thousand of ids. */
async function findReferences(
  references: readonly Reference[],
): Promise<(reference: Reference) => boolean> {
  const wanted = new Map<Collection, Map<string, Types.ObjectId>>();
  for (const { in: collection, id } of references) {
    if (!id) continue;
    const ids = wanted.get(collection) ?? new Map<string, Types.ObjectId>();
    wanted.set(collection, ids.set(id.toString(), id));
  }
  const found = new Map<Collection, Set<string>>();
  for (const [collection, ids] of wanted) {
    found.set(collection, await existing(collection, [...ids.values()]));
  }
  return ({ in: collection, id }) =>
    id !== undefined && (found.get(collection)?.has(id.toString()) ?? false);
}

async function existing(
  collection: Collection,
  ids: readonly Types.ObjectId[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let start = 0; start < ids.length; start += BATCH_SIZE) {
    const filter = { _id: { $in: ids.slice(start, start + BATCH_SIZE) } };
    for await (const { _id } of collection.find(filter, { projection: { _id: 1 } })) {
      found.add(String(_id));
    }
  }
  return found;
}

async function insertNew<Fields>(
  { into: { collection }, duplicate }: ImportStep<Fields>,
  rows: readonly mongo.Document[],
  report: StepReport,
): Promise<void> {
  const there = await existing(
    collection,
    rows.map(({ _id }) => _id as Types.ObjectId),
  );
  const missing = rows.filter(({ _id }) => !there.has(String(_id)));
  const refused = await insertMany(collection, missing);
  report.imported += missing.length - refused.length;
  report.present += there.size + (duplicate ? 0 : refused.length);
  if (!duplicate) return;
  for (const { index, key } of refused) {
    note(report.leftOut, duplicate(key), String(missing[index]?._id));
  }
}

/** @returns the rows, by their index, whose key a unique index held already, and that index's name */
async function insertMany(
  collection: Collection,
  rows: readonly mongo.Document[],
): Promise<{ index: number; key: string }[]> {
  if (rows.length === 0) return [];
  try {
    await collection.insertMany([...rows], { ordered: false });
    return [];
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
    const faults = [error.writeErrors].flat();
    if (faults.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    return faults.map(({ index, errmsg = '' }) => ({
      index,
      key: /index: (\S+)/.exec(errmsg)?.[1] ?? '',
    }));
  }
}
