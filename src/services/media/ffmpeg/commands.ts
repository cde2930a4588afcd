import os from 'node:os';
import type { Rung } from './ladder';

/** The master playlist, which lists the qualities. */
export const MASTER_PLAYLIST = 'index.m3u8';
export const POSTER = 'poster.jpg';

const SEGMENT_SECONDS = 4;
const SOUND_BITS_PER_SECOND = 128_000;
/** 8K; more is no video but an attack on our memory. */
const MAX_FRAME_PIXELS = 7680 * 4320;
const MAX_FRAMES_PER_SECOND = 60;
const POSTER_SIDE = 720;

/** ffmpeg's reader for each extension that videos are stored under. */
const READERS: Readonly<Record<string, string>> = {
  mp4: 'mov',
  mov: 'mov',
  webm: 'matroska',
  mkv: 'matroska',
};

/**
 * Reads one file and nothing else. Without a fixed reader, ffmpeg would follow a playlist that is
 * named like a video to other files of ours and into the network.
 * @throws Error for an extension that no video is stored under: a programming error
 */
function readOnly(file: string, extension: string): string[] {
  const reader = READERS[extension];
  if (!reader) throw new Error(`No video is stored as ${extension}`);
  const guards = ['-protocol_whitelist', 'file', '-max_pixels', String(MAX_FRAME_PIXELS)];
  return [...guards, '-f', reader, '-i', `file:${file}`];
}

/** Half the machine at most, beside the lowest priority: memory grows with every thread. */
const threads = (): string[] => [
  '-threads',
  String(Math.max(1, Math.floor(os.availableParallelism() / 2))),
];

/**
 * A still picture of a video, written as `poster.jpg` into the folder of the run.
 * @param second what it shows; the first frames are often black
 */
export function posterCommand(file: string, extension: string, second: number): string[] {
  return [
    ...['-loglevel', 'error'],
    ...threads(),
    ...['-ss', String(second)],
    ...readOnly(file, extension),
    ...['-map', '0:v:0', '-frames:v', '1', '-an', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-vf', fitSide(`min(${POSTER_SIDE},min(iw,ih))`), '-pix_fmt', 'yuvj420p', '-q:v', '4'],
    ...['-f', 'image2', '-update', '1', '-y', POSTER],
  ];
}

/**
 * The qualities of a video as HTTP Live Streaming (RFC 8216), written into the folder of the run:
 * `index.m3u8`, and for each quality `720p.m3u8` with its segments `720p_00000.ts`. All qualities
 * begin their segments at the same frames, so that players can change between them anywhere.
 */
export function hlsCommand(
  file: string,
  extension: string,
  { rungs, hasSound }: { rungs: readonly Rung[]; hasSound: boolean },
): string[] {
  const keyframes = `expr:gte(t,n_forced*${SEGMENT_SECONDS})`;
  const variants = rungs.map(({ side }, index) =>
    [`v:${index}`, ...(hasSound ? [`a:${index}`] : []), `name:${side}p`].join(','),
  );
  return [
    ...['-loglevel', 'error', '-nostats'],
    ...threads(),
    ...readOnly(file, extension),
    ...rungs.flatMap(() => ['-map', '0:v:0', ...(hasSound ? ['-map', '0:a:0'] : [])]),
    // Where and with what it was filmed is nobody's business.
    ...['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-pix_fmt', 'yuv420p'],
    ...['-fpsmax', String(MAX_FRAMES_PER_SECOND), '-sc_threshold', '0', '-g', '600'],
    ...['-force_key_frames', keyframes, ...threads()],
    ...rungs.flatMap(({ side, maxBitsPerSecond }, index) => [
      ...[`-filter:v:${index}`, fitSide(String(side))],
      ...[`-maxrate:v:${index}`, String(maxBitsPerSecond)],
      ...[`-bufsize:v:${index}`, String(maxBitsPerSecond * 2)],
    ]),
    ...['-c:a', 'aac', '-b:a', String(SOUND_BITS_PER_SECOND), '-ac', '2', '-ar', '48000'],
    ...['-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod'],
    ...['-hls_flags', 'independent_segments', '-hls_segment_type', 'mpegts'],
    ...['-hls_segment_filename', '%v_%05d.ts', '-master_pl_name', MASTER_PLAYLIST],
    ...['-var_stream_map', variants.join(' '), '%v.m3u8'],
  ];
}

/** Scales so that the shorter side, after turning as the file says, has this length. */
function fitSide(side: string): string {
  return `scale=w='if(gt(iw,ih),-2,${side})':h='if(gt(iw,ih),${side},-2)'`;
}
