import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { databaseUri, startFloor, startProduct } from './processes.mjs';
import { seedRelations } from './relations.mjs';
import { publishFirstVideo, signIn } from './seed.mjs';

export const say = (line) => process.stdout.write(`${line}\n`);

/** Product and floor on data of their own with so many rows of each relation. */
export async function prepareSide(folder, rows) {
  const dataDir = path.join(folder, String(rows));
  const seeded = await keptOrSeeded(dataDir, rows);
  const product = await startProduct(dataDir);
  const floor = await startFloor(databaseUri(dataDir), seeded.database, folder);
  const { accessToken, session } = await signIn(product.url);
  return { rows, seeded, session, product, floor, accessToken };
}

/**
 * What the cases need to know of the data; a folder without the note of it is seeded anew, and so is
 * one whose note lacks some of it.
 */
async function keptOrSeeded(dataDir, rows) {
  const note = `${dataDir}.json`;
  const kept = existsSync(note) ? JSON.parse(await readFile(note, 'utf8')) : {};
  if (kept.follower !== undefined) return kept;
  await rm(dataDir, { recursive: true, force: true });
  const fresh = await startProduct(dataDir);
  await publishFirstVideo(fresh.url);
  say(`seeding ${rows} rows of each relation …`);
  const startedAt = performance.now();
  const seeded = await seedRelations(databaseUri(dataDir), rows);
  say(`seeded in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await fresh.stop();
  await writeFile(note, JSON.stringify(seeded));
  return seeded;
}

/** The servers that take turns, two of each size, each with what it needs to ask. */
export function serversOf(sides) {
  return Object.fromEntries(
    Object.entries(sides).flatMap(([size, { floor, product, seeded, session, accessToken }]) => {
      const authorization = `Bearer ${accessToken}`;
      return [
        [`${size} floor`, { url: floor.url, headers: { session }, size, seeded }],
        [`${size} product`, { url: product.url, headers: { authorization }, size, seeded }],
      ];
    }),
  );
}
