import { open, type FileHandle } from 'node:fs/promises';
import mediaInfoFactory, { type MediaInfo, type MediaInfoResult } from 'mediainfo.js';
import { inTurn } from '../../utils/in-turn';
import { withPatience } from '../../utils/with-patience';
import type { MediaKind } from './media-store';
import { adtsDurationSeconds } from './adts-duration';
import { matroskaDurationSeconds } from './matroska-duration';

/** What a player would find out about a file; nothing is decoded. */
export interface ProbeResult {
  /** Pixels; 0 for sound. */
  width: number;
  height: number;
  /** Seconds; 0 for images. */
  durationSeconds: number;
  /** The container's, picture's or sound's own name for its coding, e.g. `AVC`. */
  codec: string;
  /** Whether a video has sound. */
  hasSound: boolean;
}

/** What has headers to read; a document has none that matter to us. */
export type ProbedKind = Exclude<MediaKind, 'document'>;

/** The file has the right beginning but cannot be shown or played. */
export class UnreadableMediaError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableMediaError';
  }
}

/** A jump costs one chunk, and a recording in fragments has a jump for every second or two. */
const CHUNK_BYTES = 32 * 1024;
/** Beyond the file's own size; whoever needs more jumps to and fro to keep us busy. */
const SLACK_BYTES = 16 * 1024 * 1024;
/** A usual analysis takes some milliseconds. */
const LONG_ANALYSIS_MILLISECONDS = 500;

/**
 * Reads size, duration and codec from a file's headers (MediaInfo, compiled to WebAssembly), in
 * chunks: memory does not grow with the file.
 * @throws UnreadableMediaError when there is no picture (of sound: no sound, or a moving picture),
 *   the file was cut off, or has no duration
 */
export async function probeMedia(path: string, kind: ProbedKind): Promise<ProbeResult> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const result = await analyze(file, size);
    if (kind === 'image') return imageFacts(result);
    return await (kind === 'video' ? videoFacts : audioFacts)(result, file, size);
  } finally {
    await file.close();
  }
}

/**
 * The analyzer that nobody uses just now. To make one compiles megabytes of WebAssembly, ten times
 * the work of a usual analysis; more than one would only hold memory.
 */
let idleAnalyzer: MediaInfo<'object'> | undefined;

/** An analyzer that is the caller's alone until `releaseAnalyzer`: it takes one file at a time. */
async function takeAnalyzer(): Promise<MediaInfo<'object'>> {
  const idle = idleAnalyzer;
  idleAnalyzer = undefined;
  return idle ?? (await mediaInfoFactory({ format: 'object', chunkSize: CHUNK_BYTES }));
}

/** Keeps it for the next file, cleared of this one, unless another is waiting for that already. */
function releaseAnalyzer(analyzer: MediaInfo<'object'>): void {
  if (idleAnalyzer) {
    analyzer.close();
    return;
  }
  analyzer.reset();
  idleAnalyzer = analyzer;
}

/**
 * One file after the other: side by side they would take no less time, but each an analyzer of its
 * own, tens of megabytes, and hold up every request. Who waits behind a file that takes long, as an
 * attacker's may, goes ahead beside it.
 */
async function analyze(file: FileHandle, size: number): Promise<MediaInfoResult> {
  let analysis: Promise<MediaInfoResult> | undefined;
  await inTurn('media analysis', async () => {
    analysis = analyzeNow(file, size);
    await withPatience(analysis, LONG_ANALYSIS_MILLISECONDS);
  });
  if (!analysis) throw new Error('a turn ends after it has begun');
  return analysis;
}

async function analyzeNow(file: FileHandle, size: number): Promise<MediaInfoResult> {
  const analyzer = await takeAnalyzer();
  let budget = size + SLACK_BYTES;
  let result: MediaInfoResult;
  try {
    result = await analyzer.analyzeData(size, async (length, offset) => {
      budget -= length;
      if (budget < 0) throw new UnreadableMediaError('The file has no end of headers');
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    });
  } catch (error) {
    // Whatever state a file left it in that it gave up on goes with it.
    analyzer.close();
    // The disk's errors carry a code; all others mean that the analyzer gave up on the content.
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new UnreadableMediaError('The file cannot be read', { cause: error });
  }
  releaseAnalyzer(analyzer);
  return result;
}

function imageFacts(result: MediaInfoResult): ProbeResult {
  const image = result.media?.track.find((track) => track['@type'] === 'Image');
  if (image?.['@type'] !== 'Image' || !image.Width || !image.Height) {
    throw new UnreadableMediaError('The picture cannot be read');
  }
  return {
    width: image.Width,
    height: image.Height,
    durationSeconds: 0,
    codec: image.Format ?? 'unknown',
    hasSound: false,
  };
}

async function videoFacts(
  result: MediaInfoResult,
  file: FileHandle,
  size: number,
): Promise<ProbeResult> {
  const tracks = result.media?.track ?? [];
  const video = tracks.find((track) => track['@type'] === 'Video');
  if (video?.['@type'] !== 'Video' || !video.Width || !video.Height) {
    throw new UnreadableMediaError('The file has no playable picture');
  }
  const general = generalFacts(result, 'video');
  const durationSeconds =
    general.duration ?? video.Duration ?? (await matroskaDurationSeconds(file, size)) ?? 0;
  if (durationSeconds <= 0) throw new UnreadableMediaError('The video has no duration');
  return {
    width: video.Width,
    height: video.Height,
    durationSeconds,
    codec: video.Format ?? 'unknown',
    hasSound: tracks.some((track) => track['@type'] === 'Audio'),
  };
}

async function audioFacts(
  result: MediaInfoResult,
  file: FileHandle,
  size: number,
): Promise<ProbeResult> {
  const tracks = result.media?.track ?? [];
  const audio = tracks.find((track) => track['@type'] === 'Audio');
  if (audio?.['@type'] !== 'Audio') throw new UnreadableMediaError('The file has no sound');
  if (tracks.some((track) => track['@type'] === 'Video')) {
    throw new UnreadableMediaError('The file has a moving picture');
  }
  const general = generalFacts(result, 'sound');
  const unstated = general.format === 'ADTS' ? adtsDurationSeconds : matroskaDurationSeconds;
  const durationSeconds = general.duration ?? audio.Duration ?? (await unstated(file, size)) ?? 0;
  if (durationSeconds <= 0) throw new UnreadableMediaError('The sound has no duration');
  const codec = audio.Format ?? 'unknown';
  return { width: 0, height: 0, durationSeconds, codec, hasSound: true };
}

/** @throws UnreadableMediaError for a file that its headers say was longer */
function generalFacts(
  result: MediaInfoResult,
  what: string,
): { duration: number | undefined; format: string | undefined } {
  const general = result.media?.track.find((track) => track['@type'] === 'General');
  if (general?.extra?.IsTruncated === 'Yes') {
    throw new UnreadableMediaError(`The ${what} was cut off`);
  }
  if (general?.['@type'] !== 'General') return { duration: undefined, format: undefined };
  return { duration: general.Duration, format: general.Format };
}
