import { open } from 'node:fs/promises';
import { createAnalysisLane, type AnalysisLane } from './analysis-lane';
import type { AnalysisRequest } from './analysis-messages';
import { UnreadableMediaError, type ProbedKind, type ProbeResult } from './media-facts';

/**
 * A usual analysis takes some milliseconds. What does not, as an attacker's file may, starts over in
 * a thread of its own kind: slow files keep only each other waiting.
 */
const LANES = [
  createAnalysisLane({ name: 'media analysis', limitMilliseconds: 1000 }),
  createAnalysisLane({ name: 'long media analysis', limitMilliseconds: 60_000 }),
];

/**
 * Reads size, duration and codec from a file's headers (MediaInfo, compiled to WebAssembly), in
 * chunks and in a thread beside this one: memory does not grow with the file, and no request waits.
 * @throws UnreadableMediaError when there is no picture (of sound: no sound, or a moving picture),
 *   the file was cut off, has no duration, or takes a minute
 */
export async function probeMedia(path: string, kind: ProbedKind): Promise<ProbeResult> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await analyzeInLanes(LANES, { descriptor: file.fd, size, kind });
  } finally {
    await file.close();
  }
}

/** @throws UnreadableMediaError also when the file takes too long for each of the lanes */
export async function analyzeInLanes(
  lanes: readonly AnalysisLane[],
  request: AnalysisRequest,
): Promise<ProbeResult> {
  for (const lane of lanes) {
    const facts = await lane.analyze(request);
    if (facts) return facts;
  }
  throw new UnreadableMediaError('The file takes too long to read');
}

/** Ends the threads that `probeMedia` keeps for the next file, which starts them again. */
export async function endIdleProbes(): Promise<void> {
  await Promise.all(LANES.map((lane) => lane.endIdle()));
}
