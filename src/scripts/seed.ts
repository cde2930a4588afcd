import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import dotenv from 'dotenv';
import { loadConfig, type Config } from '../config';
import { createMediaStore } from '../services/media/create-media-store';
import { openDatabase } from '../services/migrations/open-database';
import { describeSeed } from '../services/seed/describe-seed';
import { SEED_SIZES, type SeedSize } from '../services/seed/seed-plan';
import { seedPlatform, type SeedProgress } from '../services/seed/seed.service';
import { createLogger } from '../utils/logger';
import { runScript, say, UsageError, type ScriptManual } from './run-script';

/** `npm run seed -- --size small`: a platform to look at, in a database that is still empty. */
const MANUAL: ScriptManual = {
  usage: `npm run seed -- [--size ${Object.keys(SEED_SIZES).join('|')}] [--seed 1] [--force]`,
  about: `Fills an empty database with a believable platform: channels, videos that play, comments,
likes, playlists, histories. An interrupted seed goes on where it stopped.

  --size   how much: small takes seconds, large holds a million relations (small)
  --seed   a number from 1 to 9999; the same one makes the same platform (1)
  --force  even if the database holds something, or this is production`,
};

const logger = createLogger({ logLevel: 'warn' });

dotenv.config({ quiet: true });

interface Orders {
  size: SeedSize;
  seed: number;
  force: boolean;
}

async function main(): Promise<void> {
  const { size, seed, force } = readOrders();
  const config = loadConfig(process.env);
  const database = await openDatabase(config, logger, 'script');
  const progress = showProgress();
  try {
    // The samples have their pictures, and are as small as they should be.
    const mediaStore = await createMediaStore({ ...config, ffmpeg: undefined }, logger);
    if (mediaStore.kind === 'cloudinary') say('Some files go to your Cloudinary account.');
    const startedAt = performance.now();
    const plan = SEED_SIZES[size];
    const options = { plan, seed, force, config, mediaStore };
    const summary = await seedPlatform(options, progress.show);
    progress.end();
    const seconds = (performance.now() - startedAt) / 1000;
    for (const line of describeSeed({ plan, seed, summary, seconds, address: addressOf(config) })) {
      say(line);
    }
  } finally {
    progress.end();
    await database.close();
  }
}

function readOrders(): Orders {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: 'small' },
      seed: { type: 'string', default: '1' },
      force: { type: 'boolean', default: false },
    },
  });
  const { size, seed, force } = values;
  if (!isSize(size) || !/^[1-9]\d{0,3}$/.test(seed)) throw new UsageError(MANUAL);
  return { size, seed: Number(seed), force };
}

function isSize(size: string): size is SeedSize {
  return Object.hasOwn(SEED_SIZES, size);
}

function addressOf({ publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>): string {
  return publicUrl ?? `http://localhost:${port}`;
}

/** A bar where somebody looks, and now and then a line where it goes into a file. */
function showProgress(): { show: (progress: SeedProgress) => void; end: () => void } {
  if (!process.stdout.isTTY) {
    let tenths = 0;
    const show = ({ name, done, total }: SeedProgress): void => {
      const reached = Math.floor((done / total) * 10);
      if (reached === tenths) return;
      tenths = reached;
      say(`${done} of ${total} (${name})`);
    };
    return { show, end: () => undefined };
  }
  const format = ' {bar} {percentage}% | {value}/{total} | {name}';
  const bar = new SingleBar(
    { format, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  const show = ({ name, done, total }: SeedProgress): void => {
    if (!bar.isActive) bar.start(total, done, { name });
    bar.update(done, { name });
  };
  return { show, end: () => bar.stop() };
}

runScript({ manual: MANUAL, task: 'seed', run: main });
