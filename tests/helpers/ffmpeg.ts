import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FfmpegConfig } from '../../src/config';

const installed: FfmpegConfig = {
  command: 'ffmpeg',
  searchPath: process.env.PATH ?? '',
  isRequired: true,
};

/** The machine's ffmpeg; undefined, with a word on what is not tested then, where there is none. */
export function installedFfmpeg(whatIsSkipped: string): FfmpegConfig | undefined {
  if (spawnSync('ffmpeg', ['-version']).status === 0) return installed;
  process.stderr.write(`${whatIsSkipped}: skipped, no ffmpeg on the PATH\n`);
  return undefined;
}

/** A shell script in the place of ffmpeg. */
export async function scriptedFfmpeg(folder: string, script: string): Promise<FfmpegConfig> {
  const command = path.join(folder, 'ffmpeg');
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o700);
  return { command, searchPath: process.env.PATH ?? '', isRequired: true };
}
