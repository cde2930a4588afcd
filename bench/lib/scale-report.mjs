import { describeLoad, median } from './load.mjs';
import { describeMachine, number, percent } from './report.mjs';
import { percentile } from './steady-load.mjs';
import { GOALS } from './scale-goals.mjs';
import { plotsOf } from './scale-plots.mjs';
import { summariseMix, summariseRoutes, summariseStorm } from './scale-summary.mjs';

const verdict = (met) => (met ? '**met**' : '**missed**');
const times = (value) => `${value.toFixed(2)}×`;
const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
  '',
];
const plot = (file, what) => [`![${what}](plots/${file})`, ''];

/** @returns the Markdown, and the plots by name of their file */
export function describeScale(results) {
  const routes = summariseRoutes(results.routes);
  const storm = summariseStorm(results.storm);
  const mix = summariseMix(results.mix);
  const markdown = [
    '# Bench at scale',
    '',
    ...head(results),
    ...goalTable(routes, storm, mix),
    ...routeSection(routes, results),
    ...stormSection(storm, results.storm),
    ...mixSection(mix, results.mix),
  ].join('\n');
  return { markdown, plots: plotsOf(routes, storm, mix) };
}

function head({ command, busy, minutes, rows, load, platform }) {
  return [
    `Made by \`${command}\` in ${number(minutes)} minutes.`,
    `${describeMachine()}; load average before the start: ${busy.toFixed(1)}. Server, database and clients shared`,
    'these processors, so only ratios mean something on another machine.',
    '',
    `- The floor is \`bench/floor.mjs\`: node:http and the bare driver, with the product's queries on the`,
    '  same data through the same engine; before a route is measured both must answer the same rows.',
    `- Routes: folders with ${rows.map((each) => number(each)).join(', ')} rows in every collection, as few people and`,
    '  things as possible having them (`bench/lib/relations.mjs`): the seed spreads its million over a whole',
    `  platform, where no list is that long. ${describeLoad(load)}; all`,
    '  servers take turns, so shares and growths are medians of the ratios within one round.',
    `- Storm and mix: ${platform}, password hashes at their usual cost,`,
    '  without limits of requests, lines for each request, and ffmpeg.',
    '',
  ];
}

function goalTable({ rows: routes }, storm, mix) {
  const missing = (rows, worst, shown) =>
    `${routes.length - rows.length} of ${routes.length} routes${rows.length === 0 ? '' : `; worst: ${worst.name} (${shown})`}`;
  const slow = routes.filter(({ lowest }) => lowest < GOALS.share);
  const slowest = routes.toSorted((one, other) => one.lowest - other.lowest)[0];
  const grown = routes.filter(({ growth }) => growth > GOALS.growth);
  const steepest = routes.toSorted((one, other) => other.growth - one.growth)[0];
  return [
    '## Goals',
    '',
    ...table(
      ['goal', 'measured', ''],
      [
        [
          `reads reach ${percent(GOALS.share, 1)} of the floor's rate, at every size`,
          missing(slow, slowest, percent(slowest.lowest, 1)),
          verdict(slow.length === 0),
        ],
        [
          `median with the most rows within ${GOALS.growth}× of that with the fewest`,
          missing(grown, steepest, times(steepest.growth)),
          verdict(grown.length === 0),
        ],
        [
          `a login storm lifts other routes' p99 to at most ${GOALS.lift}×`,
          times(storm.lift),
          verdict(storm.lift <= GOALS.lift),
        ],
        [
          'no unexpected answer in the mix',
          `${number(mix.faults)} of ${number(mix.total)} requests`,
          verdict(mix.faults === 0),
        ],
        [
          `memory flat: last third of the mix at most ${GOALS.memory}× the middle third`,
          mix.growth === undefined ? 'not measured' : times(mix.growth),
          verdict(mix.growth <= GOALS.memory),
        ],
      ],
    ),
  ];
}

function routeSection({ sizes, rows }, { rows: counts }) {
  const rate = (value) => number(value, value < 10 ? 1 : 0);
  return [
    '## Routes against the floor',
    '',
    ...table(
      [
        'route',
        'grows',
        ...counts.map((count) => `floor/product a second, ${number(count)}`),
        ...counts.map((count) => `share, ${number(count)}`),
        `product's median ms, ${counts.map((count) => number(count)).join(' / ')}`,
        "growth (floor's)",
        'goals',
      ],
      rows.map(({ name, grows, measured, lowest, growth, floorGrowth }) => [
        name,
        grows,
        ...measured.map(
          ({ floor, product }) => `${rate(floor.perSecond)} / ${rate(product.perSecond)}`,
        ),
        ...measured.map(({ share }) => percent(share, 1)),
        measured.map(({ product }) => rate(product.median)).join(' / '),
        `${times(growth)} (${times(floorGrowth)})`,
        lowest >= GOALS.share && growth <= GOALS.growth ? 'met' : 'missed',
      ]),
    ),
    ...plot('routes-share.svg', 'Share of the floor’s rate of every route'),
    ...plot(`routes-median.svg`, `Median of every route with ${sizes.join(', ')} rows`),
  ];
}

function stormSection({ rows, lift, logins }, { people, seconds, raised }) {
  return [
    '## A login storm beside normal traffic',
    '',
    `${people} people sign in as fast as they are answered, while others read at a steady 40 requests a`,
    `second (${seconds} s before, ${seconds} s during; latencies count from when a request was due). ${number(logins.length)} sign-ins`,
    `were answered, half of them within ${number(percentile(logins, 0.5))} ms. The p99 of all reads is ${times(lift)} that of before.`,
    priorityOf(raised),
    '',
    ...table(
      [
        'route',
        'requests each',
        'median ms before',
        'during',
        'p99 ms before',
        'during',
        'p99 ratio',
      ],
      rows.map(({ name, requests, calm, stormy }) => [
        name,
        number(requests),
        number(calm.median, 1),
        number(stormy.median, 1),
        number(calm.slow, 1),
        number(stormy.slow, 1),
        times(stormy.slow / calm.slow),
      ]),
    ),
    ...plot('storm.svg', 'p99 of other routes before and during a login storm'),
  ];
}

const priorityOf = (raised) =>
  raised
    ? 'The clients ran in processes of their own at priority −5, so that what they time is the server.'
    : 'The clients ran in processes of their own, at the usual priority.';

function mixSection(mix, { clients, seconds, thinkSeconds, ramp, everySeconds, raised }) {
  const lags = mix.looks.map(({ lag }) => lag);
  const worst = Math.max(...mix.looks.map(({ worstLag }) => worstLag));
  return [
    '## Many clients for minutes',
    '',
    `${clients} clients, each on one connection that it keeps, think ${thinkSeconds} s on average and then do the next`,
    `thing (\`bench/lib/actions.mjs\`), for ${number(seconds / 60, 1)} minutes; every second one is signed in. That came to`,
    `${number(mix.perSecond)} requests a second. Latencies leave out the first ${number(ramp)} s, in which the server`,
    `compiles; faults do not. ${priorityOf(raised)}`,
    '',
    mix.faults === 0
      ? `All ${number(mix.total)} requests were answered with 2xx.`
      : `${number(mix.faults)} of ${number(mix.total)} requests failed:`,
    '',
    ...mix.faultLines,
    ...(mix.faults > 0 ? [''] : []),
    ...table(
      ['what', 'requests', 'p50 ms', 'p99 ms'],
      mix.rows.map(({ name, requests, median, slow }) => [
        name,
        number(requests),
        number(median, 1),
        number(slow, 1),
      ]),
    ),
    ...plot('mix-latency.svg', 'p50 and p99 over the minutes'),
    ...memoryLines(mix),
    ...plot('mix-memory.svg', 'Memory of the server over the minutes'),
    `The event loop's lag, p99 of every ${number(everySeconds, 1)} s: half of the time below ${number(median(lags), 1)} ms, at worst`,
    `${number(Math.max(...lags), 1)} ms; the longest single hold-up took ${number(worst, 1)} ms.`,
    '',
    ...plot('mix-lag.svg', 'Event-loop lag over the minutes'),
  ];
}

function memoryLines({ own, resident }) {
  if (!own) return ['This system does not tell the memory of a process.', ''];
  const mebibytes = (value) => `${number(value)} MiB`;
  return [
    `The process, engine included, had ${mebibytes(own[0])} of memory of its own in the middle third and ${mebibytes(own[1])} in`,
    `the last one, on average (\`RssAnon\`); with the pages of its mapped data file, which the system takes`,
    `back when it needs them, ${mebibytes(resident[0])} and ${mebibytes(resident[1])} were resident.`,
    '',
  ];
}
