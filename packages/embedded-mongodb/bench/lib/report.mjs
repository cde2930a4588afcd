import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url));

const number = (value, digits = 0) =>
  value === undefined
    ? 'not measured'
    : value.toLocaleString('en', { maximumFractionDigits: digits });
const times = (value) => `${number(value, 2)}×`;
const percent = (value) => `${number(100 * value)} %`;

/** The Markdown that is printed and kept. Ratios compare what was measured in turn, in this run. */
export function describe({ command, ratios, inserts, starts }) {
  const machine = `${os.availableParallelism()} × ${os.cpus()[0].model.trim()}`;
  return [
    '# Benchmark results',
    '',
    `Made by \`${command}\`: ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${machine}.`,
    '',
    'The engine runs in a process of its own and the official driver talks to it over a Unix domain',
    'socket. The two sides of a ratio were measured in turn, several rounds, of which the median counts.',
    '',
    '| what | compared | goal | measured |',
    '|---|---|---|---|',
    ...ratios.map(
      ({ what, compared, goal, measured }) => `| ${what} | ${compared} | ${goal} | ${measured} |`,
    ),
    '',
    '| bulk insert, three indexes and `_id` | seconds | documents/s | resident bytes each | without the mapped data file |',
    '|---|---|---|---|---|',
    ...inserts.map(
      (insert) =>
        `| ${number(insert.count)} | ${number(insert.milliseconds / 1000, 1)} | ${number(insert.perSecond)} | ` +
        `${number(insert.residentPerDocument)} | ${number(insert.ownPerDocument)} |`,
    ),
    '',
    "Resident bytes: `VmRSS` of the engine's process (`/proc/PID/status`) as soon as the last insert is",
    'acknowledged, less what it was before the first, divided by the number of documents. That counts every',
    'page of the data file that is mapped and in memory, which the system takes back when it needs the',
    'memory, and whatever the JavaScript heap has not collected yet. The last column is `RssAnon` alone,',
    'measured in the same way: the memory that only the process itself can give back.',
    '',
    '| start of the process to the first answer | ms |',
    '|---|---|',
    `| empty folder | ${number(starts.empty)} |`,
    `| ${number(starts.filledWith)} documents | ${number(starts.filled)} |`,
    '',
  ].join('\n');
}

/** Rows of the table of ratios. */
export function ratioRows({ single, page, sizes, joins, writes, scan }) {
  const perSecond = (value) => `${number(value)}/s`;
  return [
    {
      what: 'find by `_id`',
      compared: `${perSecond(single.find)} to \`ping\` ${perSecond(single.ping)}`,
      goal: '≥ 50 %',
      measured: percent(single.find / single.ping),
    },
    {
      what: `indexed page of 10 out of ${number(sizes.many)}`,
      compared: `${number(1000 / page.many, 2)} ms to ${number(1000 / page.few, 2)} ms out of ${number(sizes.few)}`,
      goal: '≤ 1.5×',
      measured: times(page.few / page.many),
    },
    {
      what: '`$lookup` per joined document',
      compared: `${perSecond(joins.joinsPerSecond)} to an indexed find ${perSecond(joins.findsPerSecond)}`,
      goal: '≤ 2×',
      measured: times(joins.findsPerSecond / joins.joinsPerSecond),
    },
    {
      what: '`$lookup` with a pipeline, per joined document',
      compared: `${perSecond(joins.pipedJoinsPerSecond)} to an indexed find ${perSecond(joins.findsPerSecond)}`,
      goal: '≤ 2×',
      measured: times(joins.findsPerSecond / joins.pipedJoinsPerSecond),
    },
    {
      what: '20 concurrent durable writers',
      compared: `${perSecond(writes.twenty)} to one ${perSecond(writes.one)}`,
      goal: '≥ 3×',
      measured: times(writes.twenty / writes.one),
    },
    {
      what: "another client's p99 during a scan",
      compared: `${number(scan.during, 2)} ms to ${number(scan.alone, 2)} ms`,
      goal: '≤ 5×',
      measured: times(scan.during / scan.alone),
    },
  ];
}

export async function keep(text) {
  await writeFile(RESULTS, await format(text, { parser: 'markdown' }));
}
