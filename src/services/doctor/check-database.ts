import mongoose from 'mongoose';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { connectDatabase } from '../../db/connect-database';
import { embeddedDatabaseFolder, isEmbeddedDatabaseThere } from '../../db/embedded-database';
import { reasonOf } from '../../utils/boot-error';
import { findForeignIndexes } from '../migrations/collections-and-indexes';
import { listMigrations } from '../migrations/migrate.service';
import { failed, ok, warning, type Finding } from './finding';

/** Tokens are dated in seconds. */
const NOTICEABLE_SKEW_MILLISECONDS = 1_000;
/** Leases of uploads and migrations are ten to fifteen seconds long. */
const HARMFUL_SKEW_MILLISECONDS = 5_000;
const LEAST_MAJOR_VERSION = 7;

interface Hello {
  setName?: string;
  msg?: string;
  localTime: Date;
}

/** Everything about the database. It is opened and closed again, and nothing in it is changed. */
export async function checkDatabase(config: Config, logger: Logger): Promise<Finding[]> {
  if (config.mongodbUri === undefined && !(await isEmbeddedDatabaseThere(config.dataDir))) {
    return [ok('database', 'embedded, and not there yet: the first start makes it')];
  }
  let database;
  try {
    database = await connectDatabase(config, logger, 'script');
  } catch (error) {
    return [failed('database', reasonOf(error), unreachableAdvice(config))];
  }
  try {
    const { hello, skew } = await askForTime();
    return [
      await describeKind(config, hello),
      ...accessAdvice(config),
      describeClock(skew),
      ...(await checkMigrations(config)),
    ];
  } catch (error) {
    return [failed('database', reasonOf(error), 'see whether its user may read and administer it')];
  } finally {
    await database.close();
  }
}

function unreachableAdvice({ mongodbUri }: Config): string {
  return mongodbUri === undefined
    ? 'end what else has the folder open, or restore a backup'
    : 'see whether it runs, whether this machine may reach it, and whether MONGODB_URI is right';
}

async function describeKind(config: Config, hello: Hello): Promise<Finding> {
  if (config.mongodbUri === undefined)
    return ok('database', `embedded, in ${embeddedDatabaseFolder(config.dataDir)}`);
  const { version } = (await command({ buildInfo: 1 })) as { version: string };
  const isSet = hello.setName !== undefined || hello.msg === 'isdbgrid';
  if (!isSet) {
    const says = `MongoDB ${version}, standalone: no transactions, so counters may drift in a crash`;
    return warning('database', says, 'make it a replica set, even of one: rs.initiate()');
  }
  const kind = hello.setName === undefined ? 'sharded cluster' : `replica set ${hello.setName}`;
  if (Number.parseInt(version, 10) >= LEAST_MAJOR_VERSION) {
    return ok('database', `MongoDB ${version}, ${kind}`);
  }
  return warning('database', `MongoDB ${version}, ${kind}`, 'the product is tested with 7.0');
}

function accessAdvice({ mongodbUri, isProduction }: Config): Finding[] {
  if (!isProduction || mongodbUri === undefined || mongodbUri.includes('@')) return [];
  const says = 'MONGODB_URI has no user: whoever reaches the database may change everything';
  return [
    warning('database', says, 'turn on access control, or keep it where nobody else can reach'),
  ];
}

/** The server's clock against ours, at the middle of the question's way there and back. */
async function askForTime(): Promise<{ hello: Hello; skew: number }> {
  const asked = Date.now();
  const hello = (await command({ hello: 1 })) as unknown as Hello;
  const middle = (asked + Date.now()) / 2;
  return { hello, skew: Math.round(hello.localTime.getTime() - middle) };
}

/** @param skew milliseconds that the database's clock is ahead */
export function describeClock(skew: number): Finding {
  const what = 'clock';
  const distance = Math.abs(skew);
  if (distance < NOTICEABLE_SKEW_MILLISECONDS) return ok(what, 'agrees with the database');
  const says = `${distance} ms ${skew > 0 ? 'behind' : 'ahead of'} the database`;
  const advice = 'let NTP set the clocks of all machines: tokens and leases are judged by them';
  return distance < HARMFUL_SKEW_MILLISECONDS
    ? warning(what, says, advice)
    : failed(what, says, advice);
}

async function checkMigrations({ autoMigrate }: Config): Promise<Finding[]> {
  const found: Finding[] = [];
  const pending = (await listMigrations()).filter(({ isPending }) => isPending);
  for (const { id, missing } of pending) {
    const what = missing.length > 0 ? `: ${missing.join(', ')}` : '';
    const says = `${id} is pending${what}`;
    const advice = 'npm run migrate -- --up';
    found.push(
      autoMigrate
        ? warning('migrations', says, `${advice}, or let the next start do it`)
        : failed('migrations', says, `${advice}; AUTO_MIGRATE is off`),
    );
  }
  if (pending.length === 0) found.push(ok('migrations', 'none is pending; every index is there'));
  for (const index of await findForeignIndexes()) {
    const says = `${index} is no index of ours: every write keeps it`;
    found.push(warning('indexes', says, 'drop it unless something of yours needs it'));
  }
  return found;
}

function command(question: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected to the database');
  return db.command(question);
}
