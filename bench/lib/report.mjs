import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { format } from 'prettier';
import { describeLoad } from './load.mjs';
import { ROOT } from './processes.mjs';

const FLOOR_SHARE = 0.6;
const GROWTH = 1.5;

export const number = (value, digits = 0) =>
  value === undefined
    ? 'not measured'
    : value.toLocaleString('en', { maximumFractionDigits: digits });
export const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;
const rate = (value) => number(value, value < 10 ? 1 : 0);

/** Day, processors and Node: what makes two results comparable, or not. */
export const describeMachine = () =>
  `${new Date().toISOString().slice(0, 10)}, ${os.availableParallelism()} × ${os.cpus()[0].model.trim()}, Node ${process.version}`;

/** The results as the Markdown that is printed and kept. */
export function describeResults(results) {
  const { size, small, large, load, busy, cases, starts } = results;
  return [
    '# Benchmark results',
    '',
    `Made by \`npm run bench${size === 'full' ? '' : ` -- --size ${size}`}\`. The floor is \`bench/floor.mjs\`: node:http and the bare driver, with the`,
    'same queries on the same data; before each measurement both must answer the same. Only the ratios',
    'mean something on another machine.',
    '',
    `${describeMachine()}; ${describeLoad(load)};`,
    `load average of the machine before the start: ${busy.toFixed(1)}.`,
    '',
    ...caseTable(cases, small, large),
    '',
    '| start to first 200 | ms |',
    '|---|---|',
    ...starts.map(({ name, milliseconds }) => `| ${name} | ${number(milliseconds)} |`),
    '',
  ].join('\n');
}

function caseTable(cases, small, large) {
  return [
    `The product's share of the floor's rate (goal: at least ${percent(FLOOR_SHARE, 1)}), and how much slower it is with`,
    `${number(large)} rows of what grows than with ${number(small)} (goal: at most ${GROWTH}×).`,
    '',
    `| route | grows | floor/s, ${number(small)} | product/s | share | floor/s, ${number(large)} | product/s | share | growth | product p50/p99 ms | goals |`,
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...cases.map(({ name, grows, rates }) => {
      const sides = ['small', 'large'].map((size) => ({
        floor: rates[`${size} floor`].perSecond,
        product: rates[`${size} product`].perSecond,
      }));
      const growth = sides[0].product / sides[1].product;
      const met =
        sides.every(({ floor, product }) => product >= FLOOR_SHARE * floor) && growth <= GROWTH;
      const { median, slowest } = rates['large product'];
      return [
        '',
        name,
        grows,
        ...sides.flatMap(({ floor, product }) => [
          rate(floor),
          rate(product),
          percent(product, floor),
        ]),
        `${growth.toFixed(2)}×`,
        `${number(median)}/${number(slowest)}`,
        met ? 'met' : 'missed',
        '',
      ]
        .join(' | ')
        .trim();
    }),
  ];
}

/** Keeps them beside the code, in `bench/<name>`. */
export async function keepResults(text, name = 'RESULTS.md') {
  await writeFile(path.join(ROOT, 'bench', name), await format(text, { parser: 'markdown' }));
}
