import { readFileSync } from 'node:fs';
import { fixture, sha256 } from '../fixtures';
import type { Random } from './random';

/** A file that no other run or client has. */
export interface MadeFile {
  content: Buffer;
  sha256: string;
}

const CLIP = readFileSync(fixture('clip.mp4'));
const PICTURE = readFileSync(fixture('picture.png'));

/** A playable video: the clip, and behind it a box that players skip, of any length. */
export function madeVideo(random: Random, mostBytes: number): MadeFile {
  const padding = random.bytes(random.between(16, mostBytes));
  const head = Buffer.from('\0\0\0\0free');
  head.writeUInt32BE(head.length + padding.length, 0);
  return made(Buffer.concat([CLIP, head, padding]));
}

/** A picture with a few bytes behind its end, which no reader minds. */
export function madePicture(random: Random): MadeFile {
  return made(Buffer.concat([PICTURE, random.bytes(32)]));
}

function made(content: Buffer): MadeFile {
  return { content, sha256: sha256(content) };
}
