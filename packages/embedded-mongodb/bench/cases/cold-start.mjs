import { newFolder, startEngine } from '../lib/engine-process.mjs';
import { median } from '../lib/measure.mjs';

/** From the start of the process to the driver's first answer, on an empty and on a filled folder. */
export async function coldStart({ filledFolder, rounds }) {
  const emptyStarts = [];
  const filledStarts = [];
  for (let round = 0; round < rounds; round += 1) {
    emptyStarts.push(await startAndStop(await newFolder()));
    filledStarts.push(await startAndStop(filledFolder));
  }
  return { empty: median(emptyStarts), filled: median(filledStarts) };
}

async function startAndStop(folder) {
  const engine = await startEngine(folder);
  await engine.stop();
  return engine.startMilliseconds;
}
