import { alternate, latencies, percentile } from '../lib/measure.mjs';

const WRITERS = 20;

/** Durable single inserts by one client and by twenty at once. */
export async function writers(database, timing) {
  const collection = database.collection('writes');
  let next = 0;
  const write = () => collection.insertOne({ number: next++, name: 'a small document' });
  return alternate({ one: write, twenty: { run: write, clients: WRITERS } }, timing);
}

/** Milliseconds (99th percentile) of a find by `_id` alone, and while another client scans. */
export async function duringScan(collection, scanned, { rounds, milliseconds }) {
  const { _id } = await collection.findOne();
  const find = () => collection.findOne({ _id });
  const alone = [];
  const during = [];
  for (let round = 0; round <= rounds; round += 1) {
    const end = performance.now() + milliseconds;
    const quiet = await latencies(find, () => performance.now() >= end);
    let scanning = true;
    const scan = scanned
      .find({ title: { $regex: 'no such title' }, views: { $gte: -1 } }, { hint: { $natural: 1 } })
      .toArray()
      .finally(() => (scanning = false));
    const busy = await latencies(find, () => !scanning);
    await scan;
    if (round === 0) continue;
    alone.push(...quiet);
    during.push(...busy);
  }
  return { alone: percentile(alone, 0.99), during: percentile(during, 0.99) };
}
