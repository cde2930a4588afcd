/** The middle value. */
export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

export function percentile(values, share) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** How often `operation` completes per second when `clients` repeat it for so long. */
async function ratePerSecond(operation, clients, milliseconds) {
  const startedAt = performance.now();
  const end = startedAt + milliseconds;
  let completed = 0;
  const repeat = async (client) => {
    while (performance.now() < end) {
      await operation(client);
      completed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => repeat(client)));
  return (completed * 1000) / (performance.now() - startedAt);
}

/**
 * Measures several operations in turn, round after round (ABAB…), so that a machine that is busy with
 * other things slows all of them alike. The first round only warms up.
 * @param operations name → function, or { run, clients }
 * @returns name → median operations per second
 */
export async function alternate(operations, { rounds, milliseconds }) {
  const rates = new Map(Object.keys(operations).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, operation] of Object.entries(operations)) {
      const { run, clients = 1 } = typeof operation === 'function' ? { run: operation } : operation;
      const rate = await ratePerSecond(run, clients, milliseconds);
      if (round > 0) rates.get(name).push(rate);
    }
  }
  return Object.fromEntries([...rates].map(([name, values]) => [name, median(values)]));
}

/** Milliseconds of each call of `operation` until `isOver` says so. */
export async function latencies(operation, isOver) {
  const values = [];
  while (!isOver()) {
    const startedAt = performance.now();
    await operation();
    values.push(performance.now() - startedAt);
  }
  return values;
}
