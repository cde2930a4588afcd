import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import request from 'supertest';
import { loadConfig, type Config } from '../../src/config';
import { connectDatabase } from '../../src/db/connect-database';
import { databaseTool } from '../../src/services/backup/database-tool';
import { restore } from '../../src/services/backup/restore.service';
import { accountFields, bearer } from '../helpers/accounts';
import { fixture } from '../helpers/fixtures';
import { runScript } from '../helpers/run-script';
import { startTestServer } from '../helpers/server';
import { loginAt, publishAt, registerAt } from '../helpers/server-runs';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'videotube-backup-test-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const within = (...names: string[]) => path.join(root, ...names);

async function restoreInto(config: Config, force = false): Promise<string[]> {
  const lines: string[] = [];
  const database = await connectDatabase(config, pino({ level: 'silent' }), 'script');
  try {
    const report = (line: string) => lines.push(line);
    const from = within('backup');
    await restore({ config, database, from, force, searchPath: '', report });
  } finally {
    await database.close();
  }
  return lines;
}

test('a backup made beside the running server, restored into an empty folder, is the same platform', async () => {
  const account = accountFields();
  const first = await startTestServer({ ownDatabase: true });
  expect(await registerAt(first.url, account)).toBe(201);
  const token = await loginAt(first.url, account);
  const video = await publishAt(first.url, token, 'Kept');
  const made = await runScript(
    'backup',
    { NODE_ENV: 'test', DATA_DIR: first.dataDir },
    '--to',
    within('backup'),
  );
  expect(made).toMatchObject({ code: 0, stderr: '' });
  // Not in the backup, so not in what is restored.
  await publishAt(first.url, token, 'Too late');
  await first.stop();

  const manifest = JSON.parse(await readFile(within('backup', 'backup.json'), 'utf8'));
  expect(manifest).toMatchObject({
    database: { kind: 'embedded', name: 'videotube', collections: { users: 1, videos: 1 } },
    media: { kind: 'local', files: 3 },
    secrets: ['access-token.secret', 'refresh-token.secret'],
  });
  const environment = { NODE_ENV: 'test', DATA_DIR: within('data') };
  const config = loadConfig(environment, undefined, { mayGenerate: false });
  await restoreInto(config);
  await expect(restoreInto(config)).rejects.toThrow(
    /^the database is not empty \(\w+ has documents\); nothing was changed; --force replaces/,
  );

  const second = await startTestServer({ env: environment, ownDatabase: true });
  try {
    // The secrets came along too: who was signed in still is.
    const { body } = await request(second.url)
      .get('/api/v1/dashboard/videos')
      .set(bearer(token))
      .expect(200);
    expect(body.data.map(({ _id }: { _id: string }) => _id)).toEqual([video]);
    const { videoFile } = body.data[0];
    const played = await request(second.url)
      .get(new URL(videoFile).pathname)
      .set('Range', 'bytes=0-')
      .buffer(true)
      .expect(206);
    expect(played.body.equals(await readFile(fixture('clip.mp4')))).toBe(true);
    await publishAt(second.url, await loginAt(second.url, account), 'Goes again');
  } finally {
    await second.stop();
  }

  expect(await restoreInto(config, true)).toContain('checking 3 media files');
  await writeFile(within('backup', 'media', JSON.parse(await firstLine()).path), 'damaged');
  await expect(restoreInto(config, true)).rejects.toThrow(/ is missing or not \d+ bytes long$/);

  async function firstLine(): Promise<string> {
    return (await readFile(within('backup', 'media.jsonl'), 'utf8')).split('\n')[0]!;
  }
});

test('databaseTool, of a MongoDB, calls its tools with the address in a file, and says when there are none', async () => {
  const place = { kind: 'external', uri: 'mongodb://ada:secret@db/shop', name: 'shop' } as const;
  await expect(databaseTool(place, within('empty')).dump(within('dump'))).rejects.toThrow(
    'mongodump was not found; install the MongoDB Database Tools (the package mongodb-database-tools)',
  );
  await mkdir(within('bin'));
  for (const name of ['mongodump', 'mongorestore']) {
    const script = `#!/bin/sh\necho "$0" "$@" >> "${within('calls')}"\ncat "$2" >> "${within('calls')}"\n`;
    await writeFile(within('bin', name), script);
    await chmod(within('bin', name), 0o755);
  }
  const tool = databaseTool(place, `${within('bin')}:/usr/bin:/bin`);
  await tool.dump('/backup/db');
  await tool.restore('/backup/db', 'videotube');

  const calls = (await readFile(within('calls'), 'utf8')).replaceAll(/\/\S*tool\.yaml/g, 'FILE');
  expect(calls.split('\n')).toEqual([
    `${within('bin', 'mongodump')} --config FILE --db shop --out /backup/db`,
    'uri: "mongodb://ada:secret@db/shop"',
    `${within('bin', 'mongorestore')} --config FILE --drop --nsInclude videotube.* --nsFrom videotube.* --nsTo shop.* /backup/db`,
    'uri: "mongodb://ada:secret@db/shop"',
    '',
  ]);
});

describe('restore, of a backup that is not whole or that somebody has changed', () => {
  const CLIP = 'ab/cd/clip.mp4';
  const manifest = (name: string, users = 1) =>
    JSON.stringify({
      format: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      database: { kind: 'external', name, collections: { users } },
      media: { kind: 'local', files: 1, bytes: 4 },
      secrets: ['access-token.secret'],
    });
  const write = (file: string, content: string | Buffer) =>
    writeFile(within('backup', file), content);
  const outside = async (): Promise<string> => {
    await writeFile(within('private'), 'clip');
    return within('private');
  };

  beforeEach(async () => {
    for (const folder of ['db/videotube', 'media/ab/cd', 'secrets']) {
      await mkdir(within('backup', folder), { recursive: true });
    }
    await write('backup.json', manifest('videotube'));
    await write('db/videotube/users.bson', Buffer.from('0500000000', 'hex'));
    await write('media.jsonl', `${JSON.stringify({ path: CLIP, bytes: 4 })}\n`);
    await write(`media/${CLIP}`, 'clip');
    await write('secrets/access-token.secret', 'secret');
  });

  /** Without MongoDB's tools: what has passed all checks ends there, before it changes anything. */
  const attempt = () =>
    restore({
      config: loadConfig({ NODE_ENV: 'test', DATA_DIR: within('data') }, undefined, {
        mayGenerate: false,
      }),
      database: { kind: 'external', uri: 'mongodb://nowhere' },
      from: within('backup'),
      force: true,
      searchPath: within('empty'),
      report: () => undefined,
    });

  test('and of one that is whole, gets as far as the tool', async () => {
    await expect(attempt()).rejects.toThrow('mongorestore was not found');
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a dump cut short',
      () => write('db/videotube/users.bson', Buffer.from('05000000', 'hex')),
      /users\.bson is cut short$/,
    ],
    [
      'a dump with fewer documents',
      () => write('backup.json', manifest('videotube', 2)),
      /does not hold the documents that backup\.json lists$/,
    ],
    ['no dump', () => rm(within('backup', 'db'), { recursive: true }), /videotube cannot be read$/],
    [
      'a database name that is a pattern',
      () => write('backup.json', manifest('*')),
      /backup\.json is not of a backup that this version can restore$/,
    ],
    [
      'a database name that leads elsewhere',
      () => write('backup.json', manifest('../..')),
      /backup\.json is not of a backup that this version can restore$/,
    ],
    ['a list that is no JSON', () => write('media.jsonl', '{'), /media\.jsonl is damaged$/],
    [
      'a path that leads elsewhere',
      () => write('media.jsonl', '{"path":"../private","bytes":4}\n'),
      /media\.jsonl is damaged$/,
    ],
    [
      'a link for a file',
      async () => {
        await rm(within('backup', 'media', CLIP));
        await symlink(await outside(), within('backup', 'media', CLIP));
      },
      /clip\.mp4 is a link, which no backup holds$/,
    ],
    [
      'a link for a folder',
      async () => {
        await rename(within('backup', 'media', 'ab'), within('elsewhere'));
        await symlink(within('elsewhere'), within('backup', 'media', 'ab'));
      },
      /clip\.mp4 is a link, which no backup holds$/,
    ],
    [
      'a link for a secret',
      async () => {
        await rm(within('backup', 'secrets/access-token.secret'));
        await symlink(await outside(), within('backup', 'secrets/access-token.secret'));
      },
      /access-token\.secret is missing or no file$/,
    ],
  ])('as it has %s, changes nothing', async (_what, change, refusal) => {
    await change();
    await expect(attempt()).rejects.toThrow(refusal);
  });
});
