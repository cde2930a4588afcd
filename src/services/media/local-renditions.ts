import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FfmpegConfig } from '../../config';
import { createConcurrencyLimiter } from '../../utils/concurrency-limiter';
import { inTurn } from '../../utils/in-turn';
import { syncPath } from '../../utils/sync-path';
import { diskFull } from './disk-space';
import { hlsCommand, MASTER_PLAYLIST, POSTER, posterCommand } from './ffmpeg/commands';
import { FfmpegError, runFfmpeg } from './ffmpeg/ffmpeg';
import { ladderFor } from './ffmpeg/ladder';
import { newDraft, piecesFolderOf } from './local-names';
import type { RenditionOptions } from './media-store';
import { probeMedia } from './probe';
import { UnusableFileError } from './unusable-file-error';

const POSTER_SECONDS = 30;
const LEAST_SECONDS = 10 * 60;
/** The slowest machine that is still of use converts a second of video in so many. */
const SECONDS_PER_SECOND = 60;
/** So many publishers may wait for a still picture side by side. */
const posters = createConcurrencyLimiter(2, Number.MAX_SAFE_INTEGER);

/**
 * Makes the qualities and the still picture of a stored video, and puts them into its folder. One
 * video at a time in this process. Players see the qualities once they are whole.
 * @param file absolute path of the stored video
 * @throws UnusableFileError when ffmpeg cannot read it, ApiError 507; FfmpegError when something
 *   ended ffmpeg; the reason of `signal`
 */
export async function makeRenditions(
  ffmpeg: FfmpegConfig,
  file: string,
  { signal }: RenditionOptions,
): Promise<void> {
  await inTurn('renditions', async () => {
    signal?.throwIfAborted();
    const facts = await probeMedia(file, 'video');
    await writePieces(file, async (folder) => {
      const rungs = ladderFor(facts);
      const timeLimitSeconds = Math.max(LEAST_SECONDS, facts.durationSeconds * SECONDS_PER_SECOND);
      const command = hlsCommand(file, extensionOf(file), { rungs, hasSound: facts.hasSound });
      await run(ffmpeg, command, { folder, timeLimitSeconds, signal });
      await drawPoster(ffmpeg, file, { folder, durationSeconds: facts.durationSeconds, signal });
    });
  });
}

/**
 * Makes the still picture of a stored video alone.
 * @throws as `makeRenditions`
 */
export async function makePoster(
  ffmpeg: FfmpegConfig,
  file: string,
  { durationSeconds, signal }: { durationSeconds: number; signal?: AbortSignal | undefined },
): Promise<void> {
  await posters.run(() =>
    writePieces(file, (folder) => drawPoster(ffmpeg, file, { folder, durationSeconds, signal })),
  );
}

/** Deletes what belongs to a stored file, also what attempts that were cut short have left. */
export async function removePieces(file: string): Promise<void> {
  await removeDrafts(file);
  await rm(piecesFolderOf(file), { recursive: true, force: true });
}

/** Deletes drafts of a file and of its renditions. */
export async function removeDrafts(file: string): Promise<void> {
  const folder = path.dirname(file);
  const start = `${path.parse(file).name}.`;
  for (const name of await namesIn(folder)) {
    if (!name.startsWith(start) || !name.includes('.part-')) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

async function drawPoster(
  ffmpeg: FfmpegConfig,
  file: string,
  options: { folder: string; durationSeconds: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const { folder, durationSeconds, signal } = options;
  // A file may say that it is longer than its picture: then only the first frame is sure to be there.
  for (const second of durationSeconds > 1 ? [1, 0] : [0]) {
    const command = posterCommand(file, extensionOf(file), second);
    const limits = { timeLimitSeconds: POSTER_SECONDS, isUrgent: true };
    await run(ffmpeg, command, { folder, signal, ...limits });
    if ((await namesIn(folder)).includes(POSTER)) return;
  }
  throw new UnusableFileError('The video has no picture that could be shown');
}

/** ffmpeg's errors as what they mean for whoever asked. */
async function run(...[ffmpeg, command, options]: Parameters<typeof runFfmpeg>): Promise<void> {
  try {
    await runFfmpeg(ffmpeg, command, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof FfmpegError && error.exitCode !== undefined) {
      if (error.report.includes('No space left on device')) throw diskFull(error);
      throw new UnusableFileError('The video cannot be converted', error);
    }
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new UnusableFileError('The video takes too long to convert', error);
    }
    throw error;
  }
}

/**
 * Has files written into a draft folder, and puts them under their names once they are whole and on
 * the disk; the master playlist last, as it leads to all the others.
 * @throws Error when the video was deleted meanwhile; then nothing is left
 */
async function writePieces(file: string, write: (draft: string) => Promise<void>): Promise<void> {
  const folder = piecesFolderOf(file);
  const draft = newDraft(folder);
  await mkdir(draft);
  try {
    await write(draft);
    const names = await readdir(draft);
    for (const name of names) await syncPath(path.join(draft, name));
    await mkdir(folder, { recursive: true });
    const last = names.filter((name) => name === MASTER_PLAYLIST);
    for (const name of [...names.filter((name) => name !== MASTER_PLAYLIST), ...last]) {
      await rename(path.join(draft, name), path.join(folder, name));
    }
    await syncPath(folder);
    await syncPath(path.dirname(folder));
    // `remove` deletes the video first: whichever of us comes second sees what the other did.
    await access(file);
  } catch (error) {
    if (await isAbsent(file)) await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function isAbsent(file: string): Promise<boolean> {
  return access(file).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

/** Empty for a folder that does not exist. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function extensionOf(file: string): string {
  return path.extname(file).slice(1);
}
