/**
 * Chaos: clients publish, replace and delete while the server is shot and its stores are troubled.
 * `npm run chaos -- --minutes 5 --seed anything`: so many minutes for each store; the seed decides
 * what is sent and what goes wrong, the machine when. Writes bench/CHAOS.md; fails when a promise broke.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

const ROOT = path.join(import.meta.dirname, '..');
const REPORT = path.join(ROOT, 'bench', 'CHAOS.md');

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '2026' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes must be a number above 0');

const folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-chaos-report-'));
const lines = path.join(folder, 'report.jsonl');
const code = await run(lines);
const runs = (await readFile(lines, 'utf8'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const markdown = await format(describe(runs), {
  ...(await resolveConfig(REPORT)),
  parser: 'markdown',
});
await writeFile(REPORT, markdown);
await rm(folder, { recursive: true });
process.stdout.write(markdown);
process.exitCode = code;

function run(report) {
  const jest = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const parameters = ['tests/chaos/chaos.test', '--selectProjects', 'videotube'];
  const child = spawn(process.execPath, [jest, ...parameters], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      CHAOS_SECONDS: String(Math.round(minutes * 60)),
      CHAOS_SEED: values.seed,
      CHAOS_REPORT: report,
    },
  });
  return new Promise((resolve) => child.once('close', resolve));
}

function describe(reports) {
  const head = ['', ...reports.map(({ store }) => `${store} store`)];
  const row = (name, value) => [name, ...reports.map(value)];
  const rows = [
    row('seconds of trouble', ({ seconds }) => seconds),
    row('videos sent', ({ sent }) => sent),
    row('accepted (201 or 202)', ({ accepted }) => accepted),
    row('deleted again', ({ deleted }) => deleted),
    row('there in the end, once, with their own bytes', ({ videos }) => videos),
    row('files in the store', ({ stored }) => stored),
    row('what happened', ({ happenings }) => pairs(happenings)),
    row('answers (0: none came)', ({ statuses }) => pairs(statuses)),
    row('late uploads that `reconcile` took away', ({ lateOrphans }) => lateOrphans),
    row('promises broken', ({ broken }) => broken.length),
  ];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const broken = reports.flatMap(({ store, broken: all }) =>
    all.map((one) => `- ${store}: ${one}`),
  );
  return `# Chaos

Six clients publish, replace and delete videos of up to 8 MiB, by form and in pieces, while the server
is killed (\`SIGKILL\`) and started again, frozen, and, at Cloudinary's stub, meets errors, cut
connections, silence and late answers. Then everything heals, and every file is counted: each video that
a client was told of is there once with the SHA-256 that was sent, the store holds nothing else, no
temporary file and no open job is left, and \`npm run reconcile\` finds every counter and file right.

\`npm run chaos -- --minutes ${values.minutes} --seed ${values.seed}\`, ${os.cpus().length} cores, Node ${process.versions.node}:

${table.join('\n')}

${broken.join('\n')}
`;
}

function pairs(counts) {
  return Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}
