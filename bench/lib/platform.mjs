import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { discoverVideos } from './people.mjs';
import { runScript } from './processes.mjs';
import { say } from './sides.mjs';

const MOST_ACCOUNTS = 50;

/**
 * A believable platform, as `npm run seed` makes it, in a folder of its own.
 * @returns where it is, and the password of everybody there
 */
export async function seedPlatform(folder, size) {
  const dataDir = path.join(folder, `platform-${size}`);
  const note = `${dataDir}.json`;
  if (existsSync(note)) return { dataDir, ...JSON.parse(await readFile(note, 'utf8')) };
  await rm(dataDir, { recursive: true, force: true });
  say(`seeding the ${size} platform …`);
  const startedAt = performance.now();
  const output = await runScript('seed', ['--size', size], dataDir);
  say(`seeded in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  const password = /with the password "([^"]+)"/.exec(output)?.[1];
  if (!password) throw new Error(`the seed does not tell its password:\n${output}`);
  await writeFile(note, JSON.stringify({ password }));
  return { dataDir, password };
}

/** Who can sign in: the owners of what is newest there. */
export async function platformAccounts(url, password) {
  const videos = await discoverVideos(url);
  const usernames = new Set(videos.map(({ owner }) => owner.username));
  return [...usernames].slice(0, MOST_ACCOUNTS).map((username) => ({ username, password }));
}
