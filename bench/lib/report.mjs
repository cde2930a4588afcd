import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { format } from 'prettier';
import { ROOT } from './processes.mjs';

const number = (value, digits = 0) =>
  value === undefined
    ? 'not measured'
    : value.toLocaleString('en', { maximumFractionDigits: digits });
const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;

/** The results as the Markdown that is printed and kept. */
export function describeResults({ starts, reads, uploads, load, videos, uploadBytes, busy }) {
  const machine = `${os.availableParallelism()} × ${os.cpus()[0].model.trim()}, Node ${process.version}`;
  return [
    '# Benchmark results',
    '',
    'Made by `npm run bench`. The floor is `bench/floor.mjs`: node:http and the bare driver, with the',
    'same queries on the same data. Only the ratios mean something on another machine.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${machine}; ${number(videos)} videos; ${load};`,
    `load average of the machine before the start: ${busy.toFixed(1)}.`,
    '',
    '| start to first 200 | ms |',
    '|---|---|',
    ...starts.map(({ name, milliseconds }) => `| ${name} | ${number(milliseconds)} |`),
    '',
    '| reads | floor/s | product/s | ratio | floor p50/p99 ms | product p50/p99 ms |',
    '|---|---|---|---|---|---|',
    ...reads.map(
      ({ name, floor, product }) =>
        `| ${name} | ${number(floor.perSecond)} | ${number(product.perSecond)} | ` +
        `${percent(product.perSecond, floor.perSecond)} | ` +
        `${floor.median}/${floor.slowest} | ${product.median}/${product.slowest} |`,
    ),
    '',
    `| upload of ${number(uploadBytes / 1024 ** 2)} MiB | MiB/s | ratio | extra resident MiB |`,
    '|---|---|---|---|',
    `| floor (\`pipeline()\` to a file) | ${number(uploads.floor.mebibytesPerSecond)} | | ${number(uploads.floor.extraMebibytes)} |`,
    `| product (checked, probed, stored) | ${number(uploads.product.mebibytesPerSecond)} | ` +
      `${percent(uploads.product.mebibytesPerSecond, uploads.floor.mebibytesPerSecond)} | ` +
      `${number(uploads.product.extraMebibytes)} |`,
    '',
  ].join('\n');
}

export async function keepResults(text) {
  await writeFile(
    path.join(ROOT, 'bench', 'RESULTS.md'),
    await format(text, { parser: 'markdown' }),
  );
}
