import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Engine, type EngineOptions } from '../../src/engine';
import { scanIndex, scanRecords } from '../../src/storage/collection';
import type { KeyValueReader, Namespace, OperationContext } from '../../src/storage/types';
import { decodeDocument, documentFromPlain, toPlain } from '../../src/values/codec';
import type { BsonDocument } from '../../src/values/types';

export const items: Namespace = { database: 'shop', collection: 'items' };

export const doc = documentFromPlain;

/** An engine over a temporary folder that can be closed and opened again. */
export class EngineFixture {
  private current: Engine | undefined;

  private constructor(readonly folder: string) {}

  static async create(): Promise<EngineFixture> {
    return new EngineFixture(await mkdtemp(join(tmpdir(), 'embedded-mongodb-engine-')));
  }

  async open(options: Partial<EngineOptions> = {}): Promise<Engine> {
    await this.current?.close();
    this.current = await openEngine({ dataDir: this.folder, ...options });
    return this.current;
  }

  async remove(): Promise<void> {
    await this.current?.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** All documents in natural order, as plain objects. */
export function documentsOf(
  engine: Engine,
  namespace: Namespace,
  operation: OperationContext = engine.createOperation(),
): unknown[] {
  const collection = engine.getCollection(operation, namespace);
  if (!collection) return [];
  const records = [...scanRecords(operation.reader(), collection)];
  operation.release();
  return records.map(({ bytes }) => toPlain(decodeDocument(bytes)));
}

/** Every index's number of entries, by name. */
export function entryCounts(engine: Engine, namespace: Namespace): Record<string, number> {
  const operation = engine.createOperation();
  const collection = engine.getCollection(operation, namespace);
  const counts = (reader: KeyValueReader): [string, number][] =>
    (collection?.indexes ?? []).map((index) => [
      index.name,
      [...scanIndex(reader, index, { start: Buffer.alloc(0), end: undefined })].length,
    ]);
  const result = Object.fromEntries(counts(operation.reader()));
  operation.release();
  return result;
}

/** Inserts plain objects outside any transaction; fails the test on a write error. */
export async function insert(
  engine: Engine,
  namespace: Namespace,
  ...documents: object[]
): Promise<void> {
  const operation = engine.createOperation();
  const result = await engine.insertMany(operation, {
    namespace,
    documents: documents.map((document): BsonDocument => doc(document)),
    ordered: true,
  });
  if (result.writeErrors.length > 0) throw new Error(JSON.stringify(result.writeErrors));
}

/** The error that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error,
  );
}
