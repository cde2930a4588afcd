import { UUID } from 'bson';
import { MongoServerError } from '../errors';
import { encodeDocument } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import { Collection, writeCatalogRecord } from './catalog';
import { changeCatalog, type CatalogParts } from './collection-operations';
import type { Operation } from './operation';
import type { Namespace } from './types';
import { putViewRecord } from './view-records';
import { assertViewGraph, viewOf, type ViewDefinition } from './views';
import { assertValidNamespace, waitingForLocks } from './writer';

/**
 * `create` with `viewOn`; the same again is no error. The caller has checked that the pipeline compiles.
 * Throws 5, 48 NamespaceExists, 73, 165, 263 in transactions.
 */
export async function createView(
  parts: CatalogParts,
  operation: Operation,
  view: ViewDefinition,
): Promise<void> {
  if (operation.transaction) {
    throw new MongoServerError(
      'OperationNotSupportedInTransaction',
      `Cannot create a view in a multi-document transaction. Namespace: ${nameOf(view.namespace)}`,
    );
  }
  assertValidNamespace(view.namespace);
  const options = optionsOf(view);
  const created = new Collection(parts.catalog.takeId(), view.namespace, new UUID(), options);
  let records: Collection | undefined;
  await waitingForLocks(operation, () =>
    parts.store.write(
      (writer) => {
        if (isCreatedAlready(parts.catalog.get(view.namespace), options)) return undefined;
        assertViewGraph(otherViews(parts, view.namespace), view);
        writeCatalogRecord(writer, created);
        records = putViewRecord(parts, writer, created, options);
        return created;
      },
      {
        alone: true,
        committed: (result) => {
          if (!result || !records) return;
          parts.catalog.add(records);
          parts.catalog.add(result);
        },
      },
    ),
  );
}

/** `collMod` with `viewOn` and `pipeline`. Throws 5, 26, 72 for a collection, 165. */
export async function modifyView(
  parts: CatalogParts,
  operation: Operation,
  view: ViewDefinition,
): Promise<void> {
  const options = optionsOf(view);
  await changeCatalog(parts, operation, {
    select: () => {
      const collection = parts.catalog.get(view.namespace);
      if (collection && viewOf(collection)) return collection;
      if (!collection) throw new MongoServerError('NamespaceNotFound', 'ns does not exist');
      throw new MongoServerError('InvalidOptions', "'viewOn' option only supported on a view");
    },
    change: (writer, collection) => {
      assertViewGraph(otherViews(parts, view.namespace), view);
      writeCatalogRecord(writer, collection, { options });
      putViewRecord(parts, writer, collection, options);
    },
    committed: (collection) => {
      collection.options = options;
    },
  });
}

/** Throws 48 unless the name is free or already this very view. */
function isCreatedAlready(existing: Collection | undefined, options: BsonDocument): boolean {
  if (!existing) return false;
  const isView = viewOf(existing) !== undefined;
  if (isView && Buffer.from(encodeDocument(existing.options)).equals(encodeDocument(options))) {
    return true;
  }
  throw new MongoServerError(
    'NamespaceExists',
    `A ${isView ? 'view' : 'collection'} already exists. NS: ${nameOf(existing.namespace)}`,
  );
}

function otherViews({ catalog }: CatalogParts, namespace: Namespace): ViewDefinition[] {
  return catalog
    .collectionsOf(namespace.database)
    .filter((one) => one.namespace.collection !== namespace.collection)
    .map(viewOf)
    .filter((view) => view !== undefined);
}

function optionsOf({ viewOn, pipeline }: ViewDefinition): BsonDocument {
  return new Map<string, Value>([
    ['viewOn', viewOn.collection],
    ['pipeline', [...pipeline]],
  ]);
}

function nameOf({ database, collection }: Namespace): string {
  return `${database}.${collection}`;
}
