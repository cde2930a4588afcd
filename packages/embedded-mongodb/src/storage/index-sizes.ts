import { indexPrefix, prefixEnd } from './keys';
import type { CollectionInfo, OperationContext } from './types';

const ENTRIES_PER_STEP = 256;

/**
 * The bytes of the keys and values of each index, by its name. Reads every entry, and gives way to other
 * commands meanwhile: time grows with the collection.
 */
export async function indexSizes(
  operation: OperationContext,
  collection: CollectionInfo,
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const reader = operation.reader();
  for (const { id, name } of collection.indexes) {
    const start = indexPrefix(id);
    let size = 0;
    let entries = 0;
    for (const { key, value } of reader.range({ start, end: prefixEnd(start) })) {
      size += key.length + value.length;
      entries += 1;
      if (entries % ENTRIES_PER_STEP === 0) await operation.yieldPoint();
    }
    sizes.set(name, size);
  }
  return sizes;
}
