import type { MediaInfoResult } from 'mediainfo.js';
import { adtsDurationSeconds } from './adts-duration';
import { matroskaDurationSeconds } from './matroska-duration';
import { UnreadableMediaError, type ProbedKind, type ProbeResult } from './media-facts';
import type { ReadBytes } from './read-bytes';

/** The file that was analyzed: what its headers leave out is looked for in it. */
interface AnalyzedFile {
  kind: ProbedKind;
  read: ReadBytes;
  /** Bytes. */
  size: number;
}

/**
 * Makes of an analysis what we want to know.
 * @throws UnreadableMediaError when there is no picture (of sound: no sound, or a moving picture),
 *   the file was cut off, or has no duration
 */
export function factsOf(result: MediaInfoResult, { kind, read, size }: AnalyzedFile): ProbeResult {
  if (kind === 'image') return imageFacts(result);
  return (kind === 'video' ? videoFacts : audioFacts)(result, read, size);
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

function videoFacts(result: MediaInfoResult, read: ReadBytes, size: number): ProbeResult {
  const tracks = result.media?.track ?? [];
  const video = tracks.find((track) => track['@type'] === 'Video');
  if (video?.['@type'] !== 'Video' || !video.Width || !video.Height) {
    throw new UnreadableMediaError('The file has no playable picture');
  }
  const general = generalFacts(result, 'video');
  const durationSeconds =
    general.duration ?? video.Duration ?? matroskaDurationSeconds(read, size) ?? 0;
  if (durationSeconds <= 0) throw new UnreadableMediaError('The video has no duration');
  return {
    width: video.Width,
    height: video.Height,
    durationSeconds,
    codec: video.Format ?? 'unknown',
    hasSound: tracks.some((track) => track['@type'] === 'Audio'),
  };
}

function audioFacts(result: MediaInfoResult, read: ReadBytes, size: number): ProbeResult {
  const tracks = result.media?.track ?? [];
  const audio = tracks.find((track) => track['@type'] === 'Audio');
  if (audio?.['@type'] !== 'Audio') throw new UnreadableMediaError('The file has no sound');
  if (tracks.some((track) => track['@type'] === 'Video')) {
    throw new UnreadableMediaError('The file has a moving picture');
  }
  const general = generalFacts(result, 'sound');
  const unstated = general.format === 'ADTS' ? adtsDurationSeconds : matroskaDurationSeconds;
  const durationSeconds = general.duration ?? audio.Duration ?? unstated(read, size) ?? 0;
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
