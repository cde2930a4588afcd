import { MongoServerError } from '../errors';
import { compileMatch } from '../match/compile';
import type { Collation } from '../values/collation';
import type { BsonDocument, Value } from '../values/types';
import type { Collection, Index } from './catalog';
import { expiryOfClustered } from './clustered';
import { modifyMany } from './modify-many';
import { Operation } from './operation';
import { expiredStatementKeys } from './retry-table';
import { deleteDocument } from './write';
import type { EngineParts } from './writer';

/** Sessions live 30 minutes after their last use; so long a write may be sent again. */
const STATEMENT_LIFETIME_MS = 30 * 60_000;
const STATEMENTS_PER_STEP = 1000;

/** Deletes documents whose TTL index says that their time is over; answers how many. */
export async function sweepExpiredDocuments(parts: EngineParts): Promise<number> {
  let deleted = 0;
  for (const collection of [...parts.catalog.all()]) {
    for (const index of collection.indexes) {
      if (index.expireAfterSeconds === undefined || collection.dropped) continue;
      deleted += await sweepIndex(parts, collection, index);
    }
    const seconds = expiryOfClustered(collection);
    if (seconds !== undefined)
      deleted += await sweepPath(parts, collection, { path: '_id', seconds });
  }
  return deleted;
}

/** Deletes results of retryable writes that no session can ask for any more. */
export async function sweepOldStatements(parts: EngineParts): Promise<void> {
  const before = new Date(parts.now().getTime() - STATEMENT_LIFETIME_MS);
  for (;;) {
    const removed = await parts.store.write((writer) => {
      const keys = expiredStatementKeys(writer, before, STATEMENTS_PER_STEP);
      for (const key of keys) writer.delete(key);
      return keys.length;
    });
    if (removed < STATEMENTS_PER_STEP) return;
  }
}

/** Calls `sweep` every `intervalMs`, one at a time. Errors at shutdown are expected, others are told. */
export class SweepTimer {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | undefined;

  constructor(
    private readonly sweep: () => Promise<void>,
    intervalMs: number,
    private readonly report: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => void this.tick(), intervalMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async tick(): Promise<void> {
    if (this.running) return;
    this.running = this.sweep().catch((error: unknown) => {
      const isShutdown = error instanceof MongoServerError && error.code === 11600;
      if (!isShutdown) this.report(error);
    });
    await this.running;
    this.running = undefined;
  }
}

/** An array expires by its earliest date, as `$lte` finds it; values that are no dates never do. */
async function sweepIndex(
  parts: EngineParts,
  collection: Collection,
  index: Index,
): Promise<number> {
  const [path] = index.paths;
  if (path === undefined) return 0;
  const { expireAfterSeconds: seconds = 0, partialFilterSpecification: partial, collation } = index;
  return sweepPath(parts, collection, { path, seconds, partial, collation });
}

interface Expiry {
  readonly path: string;
  readonly seconds: number;
  /** Documents that do not match it stay. */
  readonly partial?: BsonDocument;
  /** How text of `partial` compares. */
  readonly collation?: Collation;
}

async function sweepPath(
  parts: EngineParts,
  collection: Collection,
  { path, seconds, partial, collation }: Expiry,
): Promise<number> {
  const limit = new Date(parts.now().getTime() - seconds * 1000);
  const expired: BsonDocument = new Map([[path, new Map<string, Value>([['$lte', limit]])]]);
  const filter: BsonDocument = partial ? new Map([['$and', [partial, expired]]]) : expired;
  const operation = new Operation(parts.store, {});
  const { matched, error } = await modifyMany(parts, operation, {
    namespace: collection.namespace,
    match: compileMatch(filter, { collation }),
    apply: (target, owner, found) => deleteDocument(target, owner, found.recordId, found),
  });
  if (error !== undefined) throw error as Error;
  return matched;
}
