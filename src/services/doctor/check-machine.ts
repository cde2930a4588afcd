import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Config } from '../../config';
import { API_PREFIX } from '../../constants';
import { reasonOf } from '../../utils/boot-error';
import { requireWritableFolder } from '../../utils/writable-folder';
import { describeBytes, failed, ok, warning, type Finding } from './finding';

/** A thousand slow uploads are a thousand connections and as many files. */
const MANY_FILES = 4096;
const ANSWER_MILLISECONDS = 2_000;

/** Node.js against the `engines` of package.json. */
export function checkNode(version = process.versions.node): Finding {
  const wanted = readEngines();
  if (wanted.split('||').some((range) => satisfies(version, range.trim()))) {
    return ok('Node.js', version);
  }
  return failed('Node.js', `${version} is not among ${wanted}`, 'install a version that is');
}

function readEngines(): string {
  const file = path.resolve(__dirname, '..', '..', '..', 'package.json');
  const { engines } = JSON.parse(readFileSync(file, 'utf8')) as { engines: { node: string } };
  return engines.node;
}

/** @param range `^20.19.0` (this major version, from there on) or `>=24.0.0` */
function satisfies(version: string, range: string): boolean {
  const parts = (text: string) => text.split('.').map(Number);
  const [major, minor, patch] = parts(version) as [number, number, number];
  const [leastMajor, leastMinor, leastPatch] = parts(range.replace(/^\D+/, '')) as [
    number,
    number,
    number,
  ];
  if (major !== leastMajor) return range.startsWith('>=') && major > leastMajor;
  return minor > leastMinor || (minor === leastMinor && patch >= leastPatch);
}

interface ProcessReport {
  userLimits?: { open_files?: { soft: number | string } };
}

/** How many files and connections a process may have open. */
export function checkOpenFiles(): Finding {
  const what = 'open files';
  const { userLimits } = process.report.getReport() as ProcessReport;
  const limit = userLimits?.open_files?.soft;
  if (limit === undefined) return ok(what, 'no limit on this system');
  if (typeof limit === 'string' || limit >= MANY_FILES) return ok(what, `up to ${limit}`);
  const says = `up to ${limit}, and each connection and each upload takes one`;
  return warning(what, says, 'raise it: LimitNOFILE=65536 in a systemd unit, or ulimit -n 65536');
}

/** Each folder that is written to: whether it can be, and what room its disk has. */
export async function checkFolders(config: Config): Promise<Finding[]> {
  const folders: [string, string][] = [
    ['DATA_DIR', config.dataDir],
    ['uploads on their way', config.tempDir],
  ];
  return Promise.all(folders.map(([name, folder]) => checkFolder(name, folder, config)));
}

async function checkFolder(name: string, folder: string, config: Config): Promise<Finding> {
  try {
    await requireWritableFolder(name, folder);
  } catch (error) {
    return failed(
      name,
      reasonOf(error),
      'give it to the user that runs the server, or name another',
    );
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const room = `${folder} has ${describeBytes(free)} left`;
  const { minFreeBytes, maxVideoBytes } = config;
  if (free < minFreeBytes) {
    const says = `${room}, less than MIN_FREE_BYTES (${describeBytes(minFreeBytes)})`;
    return failed(name, says, 'make room: uploads are refused with 507');
  }
  // While it is accepted and while it is stored, if those are two disks.
  if (free < minFreeBytes + 2 * maxVideoBytes) {
    const says = `${room}, too little for two videos of MAX_VIDEO_BYTES (${describeBytes(maxVideoBytes)})`;
    return warning(name, says, 'make room, or lower MAX_VIDEO_BYTES');
  }
  return ok(name, room);
}

/** Whether the port is free, or this server has it already. */
export async function checkPort({ port }: Pick<Config, 'port'>): Promise<Finding> {
  const what = 'port';
  if (port === 0) return ok(what, 'any free one (PORT=0)');
  const fault = await listenFault(port);
  if (fault === undefined) return ok(what, `${port} is free`);
  if (fault === 'EADDRINUSE') {
    if (await isOurs(port)) return ok(what, `${port} is served by a VideoTube server already`);
    return failed(what, `${port} is in use by another program`, 'end that, or set PORT to another');
  }
  if (fault === 'EACCES') {
    return failed(what, `${port} needs more rights`, 'set PORT above 1023');
  }
  return failed(what, `${port} cannot be listened on (${fault})`, 'set PORT to another');
}

function listenFault(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, () => server.close(() => resolve(undefined)));
  });
}

async function isOurs(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://localhost:${port}${API_PREFIX}/healthcheck`, {
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    });
    const body = (await answer.json()) as { data?: { status?: unknown } };
    return body.data?.status === 'ok';
  } catch {
    // Whatever it is, it does not answer as we do.
    return false;
  }
}
