const BATCH = 10_000;

/** Three indexes besides `_id`: one compound, one with keys in random order, one of strings. */
export const INDEXES = [
  { key: { owner: 1, createdAt: -1 } },
  { key: { views: -1 } },
  { key: { title: 1 } },
];

const OWNERS = 1000;

/** The document at a position: small, about 120 bytes of BSON, the same in every run. */
export function documentAt(position, count) {
  return {
    owner: `channel${position % OWNERS}`,
    title: `Clip number ${(position * 7919) % count}`,
    views: (position * 104_729) % 1_000_000,
    createdAt: new Date(1_700_000_000_000 + position * 1000),
    isPublished: true,
  };
}

/** Inserts `count` documents; the clock runs only while the driver and the engine are at work. */
export async function insertDocuments(collection, count) {
  let milliseconds = 0;
  for (let start = 0; start < count; start += BATCH) {
    const length = Math.min(BATCH, count - start);
    const documents = Array.from({ length }, (_, index) => documentAt(start + index, count));
    const startedAt = performance.now();
    await collection.insertMany(documents);
    milliseconds += performance.now() - startedAt;
  }
  return milliseconds;
}
