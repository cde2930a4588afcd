import { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { sendZip, type ZipEntry } from '../../src/services/export/send-zip';
import { eventually } from '../helpers/eventually';
import { filesOfZip } from '../helpers/zip';

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** A file without end that says how much of it was asked for, and whether it was let go. */
function endlessFile() {
  const seen = { bytes: 0, released: false };
  async function* chunks() {
    try {
      for (;;) {
        seen.bytes += CHUNK.length;
        yield CHUNK;
      }
    } finally {
      seen.released = true;
    }
  }
  const content = Readable.from(chunks(), { objectMode: false });
  return { seen, entry: { name: 'endless', content, compress: false } };
}

test('sendZip, when all is taken, writes an archive with every file', async () => {
  async function* entries(): AsyncGenerator<ZipEntry> {
    yield { name: 'a.json', content: Readable.from(['{"a":', '1}']), compress: true };
    yield { name: 'folder/b', content: Readable.from([Buffer.from([0, 1, 2])]), compress: false };
  }
  const target = new PassThrough();

  const [archive] = await Promise.all([buffer(target), sendZip(entries(), target)]);

  expect(await filesOfZip(archive)).toEqual(
    new Map([
      ['a.json', Buffer.from('{"a":1}')],
      ['folder/b', Buffer.from([0, 1, 2])],
    ]),
  );
});

test('sendZip, when nobody takes what is written, stops reading after a few buffers', async () => {
  const { seen, entry } = endlessFile();
  let written = 0;
  const stuck = new Writable({ write: (chunk: Buffer) => void (written += chunk.length) });
  async function* entries() {
    yield entry;
  }

  const sending = sendZip(entries(), stuck);
  await eventually(() => expect(written).toBeGreaterThan(0));
  const before = await settled(() => seen.bytes);

  expect(before).toBeLessThan(2 * 1024 * 1024);
  stuck.destroy();
  await expect(sending).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
});

test('sendZip, when the receiver goes away, lets the file go and asks for no other', async () => {
  const { seen, entry } = endlessFile();
  const asked: string[] = [];
  async function* entries() {
    asked.push('first');
    yield entry;
    asked.push('second');
    yield { ...entry, name: 'second' };
  }
  const target = new PassThrough();
  const sending = sendZip(entries(), target);
  target.once('data', () => target.destroy());

  await expect(sending).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });

  expect(seen.released).toBe(true);
  expect(asked).toEqual(['first']);
});

test('sendZip, when a file cannot be read, rejects with the reason and cuts the archive off', async () => {
  async function* broken() {
    yield CHUNK;
    throw new Error('the database went away');
  }
  async function* entries() {
    yield { name: 'broken', content: Readable.from(broken()), compress: false };
  }
  const target = new PassThrough();
  target.resume();

  await expect(sendZip(entries(), target)).rejects.toThrow('the database went away');

  expect(target.destroyed).toBe(true);
});

test('sendZip, when the list of files breaks, rejects with the reason and cuts the archive off', async () => {
  async function* entries(): AsyncGenerator<ZipEntry> {
    yield { name: 'a', content: Readable.from(['a']), compress: false };
    throw new Error('no more');
  }
  const target = new PassThrough();
  target.resume();

  await expect(sendZip(entries(), target)).rejects.toThrow('no more');

  expect(target.destroyed).toBe(true);
});

/** A number, once it has not changed while the event loop turned many times. */
async function settled(read: () => number): Promise<number> {
  for (let turns = 0, last = read(); ; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = read();
    if (now !== last) turns = 0;
    if (turns > 100) return now;
    last = now;
  }
}
