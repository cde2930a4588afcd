import { parseArgs } from 'node:util';
import { BackupError } from './backup-error';
import type { BackupServer } from './backup-server';
import { dump, type CopiedAmount } from './dump';
import { readDumpFolder } from './dump-folder';
import { openServer, type Place } from './open-server';
import { formatAmount, type Report } from './progress';
import { restore } from './restore';

export const BACKUP_HELP = `Usage: embedded-mongodb dump    (--data DIR | --uri mongodb://…) --out FOLDER
       embedded-mongodb restore (--data DIR | --uri mongodb://…) --from FOLDER [--drop]

Copies all databases into a folder as mongodump does, and back.

  --data DIR      the data directory; also while a server serves it on its socket
  --uri URI       a running server: this one or any other MongoDB
  --out FOLDER    folder to make; it appears when the dump is whole
  --from FOLDER   folder that dump or mongodump wrote
  --drop          replace collections that the dump holds; others stay
  --no-snapshot   dump each collection as it is when its turn comes, not all at one point in time
  --help          print this
`;

const SUCCESS = 0;
const FAILURE = 1;
const USAGE_ERROR = 2;

interface Arguments {
  readonly place: Place;
  readonly folder: string;
  readonly drop: boolean;
  readonly snapshot: boolean;
}

class UsageError extends Error {}

export type BackupCommand = 'dump' | 'restore';

/**
 * Runs `dump` or `restore` with the arguments after its name. Everything is told on stderr.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function runBackupCommand(
  command: BackupCommand,
  argv: readonly string[],
): Promise<number> {
  let parsed: Arguments | undefined;
  try {
    parsed = parseArguments(command, argv);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${BACKUP_HELP}`);
    return USAGE_ERROR;
  }
  if (!parsed) {
    process.stdout.write(BACKUP_HELP);
    return SUCCESS;
  }
  const startedAt = performance.now();
  try {
    const amount = await run(command, parsed);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    report(`${summary(command, amount)} in ${seconds} s`);
    return SUCCESS;
  } catch (error) {
    report(`${command} failed: ${messageOf(error)}`);
    return FAILURE;
  }
}

async function run(command: BackupCommand, parsed: Arguments): Promise<CopiedAmount> {
  const { place, folder, drop } = parsed;
  if (command === 'dump') {
    return withServer(place, false, (server) => dumpAll(server, parsed));
  }
  // First, so that a bad dump does not even make a data directory.
  report(`checking ${folder}`);
  const dumped = await readDumpFolder(folder, report);
  return withServer(place, true, (server) => restore(server, dumped, { drop, report }));
}

async function dumpAll(
  server: BackupServer,
  { folder, snapshot }: Arguments,
): Promise<CopiedAmount> {
  const oneState = snapshot && server.readsSnapshots;
  if (!oneState) report('not one point in time: each collection is read when its turn comes');
  return dump(server, { out: folder, snapshot: oneState, report });
}

/** Ctrl-C and SIGTERM make `work` fail, so that it can clean up. */
async function withServer<T>(
  place: Place,
  mayCreate: boolean,
  work: (server: BackupServer) => Promise<T>,
): Promise<T> {
  const opened = await openServer(place, { mayCreate, report });
  const interrupt = (): void => opened.server.abort(new BackupError('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await work(opened.server);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await opened.close();
  }
}

/** undefined: help was asked for. */
function parseArguments(command: BackupCommand, argv: readonly string[]): Arguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      uri: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      ...(command === 'dump'
        ? { out: { type: 'string' }, 'no-snapshot': { type: 'boolean' } }
        : { from: { type: 'string' }, drop: { type: 'boolean' } }),
    },
  }) as { values: Readonly<Record<string, string | boolean | undefined>> };
  if (values.help === true) return undefined;
  const folderOption = command === 'dump' ? 'out' : 'from';
  const folder = values[folderOption];
  if (typeof folder !== 'string' || folder === '') {
    throw new UsageError(`--${folderOption} FOLDER is required`);
  }
  return {
    place: parsePlace(values.data, values.uri),
    folder,
    drop: values.drop === true,
    snapshot: values['no-snapshot'] !== true,
  };
}

function parsePlace(data: string | boolean | undefined, uri: string | boolean | undefined): Place {
  if (typeof data === 'string' && data !== '' && uri === undefined) return { dataDir: data };
  if (typeof uri === 'string' && uri !== '' && data === undefined) return { uri };
  throw new UsageError('exactly one of --data DIR and --uri URI is required');
}

function summary(command: BackupCommand, { collections, documents, bytes }: CopiedAmount): string {
  const verb = command === 'dump' ? 'dumped' : 'restored';
  const noun = collections === 1 ? 'collection' : 'collections';
  return `${verb} ${collections} ${noun}, ${formatAmount(documents, bytes)}`;
}

const report: Report = (line) => {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
