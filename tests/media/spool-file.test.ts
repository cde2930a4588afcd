import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BlockFile } from '../../src/services/media/block-file';
import { createRoomWatch } from '../../src/services/media/disk-room';
import { BLOCK_BYTES, takeBlock } from '../../src/services/media/spool-blocks';
import { SpoolFile } from '../../src/services/media/spool-file';
import { sha256 } from '../helpers/fixtures';

const room = () => Promise.resolve();

const content = (bytes: number): Buffer => randomBytes(bytes);

function* pieces(whole: Buffer, bytes: number): Generator<Buffer> {
  for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
}

describe('SpoolFile', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-spool-'));
    file = path.join(folder, 'spooled');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each([
    ['nothing', 0, 1],
    ['one byte', 1, 1],
    ['exactly one block', 262_144, 65_536],
    ['pieces that do not fit into blocks', 1_000_003, 65_521],
    ['one piece of several blocks', 1_000_003, 1_000_003],
    ['more than is flushed at once', 40_000_001, 1_048_573],
  ])('of %s, keeps the same bytes', async (_name, bytes, pieceBytes) => {
    const whole = content(bytes);
    const spool = new SpoolFile(file, room);

    await pipeline(Readable.from(pieces(whole, pieceBytes)), spool);

    expect(spool.bytesWritten).toBe(bytes);
    expect(sha256(await readFile(file))).toBe(sha256(whole));
  });

  test('of several files at once, mixes nothing up', async () => {
    const wholes = [3, 5, 7].map((factor) => content(300_001 * factor));

    await Promise.all(
      wholes.map((whole, index) =>
        pipeline(Readable.from(pieces(whole, 60_001)), new SpoolFile(`${file}${index}`, room)),
      ),
    );

    for (const [index, whole] of wholes.entries()) {
      expect(sha256(await readFile(`${file}${index}`))).toBe(sha256(whole));
    }
  });

  test('when the file exists already, rejects and leaves it as it is', async () => {
    await writeFile(file, 'of somebody else');

    const written = pipeline(Readable.from([Buffer.from('ours')]), new SpoolFile(file, room));

    await expect(written).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(file, 'utf8')).toBe('of somebody else');
  });

  test('when there is no more room, rejects and reads no further', async () => {
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          read += 65_536;
          yield Buffer.alloc(65_536);
        }
      })(),
    );
    const spool = new SpoolFile(file, () => Promise.reject(new Error('no room')));

    await expect(pipeline(endless, spool)).rejects.toThrow('no room');
    expect(read).toBeLessThan(4_000_000);
  });

  test('when its sender is gone in the middle, is closed and can be deleted', async () => {
    const spool = new SpoolFile(file, room);
    const broken = Readable.from(
      (function* () {
        yield content(600_000);
        throw new Error('gone');
      })(),
    );

    await expect(pipeline(broken, spool)).rejects.toThrow('gone');
    if (!spool.closed) await new Promise((resolve) => spool.once('close', resolve));
    await rm(file);

    expect(await readdir(folder)).toEqual([]);
  });
});

describe('BlockFile', () => {
  /** `takeBlock` gives what the disk wants; this begins behind a header of the allocator. */
  const misaligned = (): Buffer => Buffer.allocUnsafeSlow(BLOCK_BYTES);

  test('append, when blocks do not lie where the disk wants them, writes them all the same', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-blocks-'));
    const blocks = [takeBlock(), misaligned(), takeBlock(), misaligned().subarray(0, 1001)];
    const whole = content(3 * BLOCK_BYTES + 1001);
    blocks.reduce((at, block) => at + whole.copy(block, 0, at), 0);
    const file = await BlockFile.create(path.join(folder, 'blocks'));

    for (const block of blocks) await file.append(block);
    await file.settle();
    await file.close();

    expect(file.bytesWritten).toBe(whole.length);
    expect(sha256(await readFile(path.join(folder, 'blocks')))).toBe(sha256(whole));
    await rm(folder, { recursive: true });
  });
});

describe('createRoomWatch', () => {
  const sixteenMebibytes = 16 * 1024 * 1024;

  test('when the disk is short, says so to every writer, and again until it is not', async () => {
    const requireRoom = createRoomWatch(os.tmpdir(), Number.MAX_SAFE_INTEGER);

    await expect(requireRoom(sixteenMebibytes - 1)).resolves.toBeUndefined();
    await expect(requireRoom(1)).rejects.toMatchObject({ statusCode: 507 });
    await expect(requireRoom(1)).rejects.toMatchObject({ statusCode: 507 });
  });

  test('when there is room, lets everything pass', async () => {
    const requireRoom = createRoomWatch(os.tmpdir(), 0);

    await expect(requireRoom(sixteenMebibytes)).resolves.toBeUndefined();
  });
});
