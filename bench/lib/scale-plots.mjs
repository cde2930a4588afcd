import { medianRatio } from './load.mjs';
import { percent } from './report.mjs';
import { GOALS } from './scale-goals.mjs';
import { barPlot, linePlot } from './svg.mjs';

/** @returns the plots by name of their file */
export function plotsOf({ sizes, rows }, storm, mix) {
  const overTime = (title, yLabel, series) =>
    linePlot({
      title,
      xLabel: 'minutes',
      yLabel,
      series: series.map(([name, items, xOf, yOf]) => ({
        name,
        points: items.map((item) => [xOf(item), yOf(item)]),
      })),
    });
  const minute = ({ seconds }) => seconds / 60;
  const names = sizes.map((size) => `${size} rows`);
  return {
    'routes-share.svg': barPlot({
      title: 'Requests a second, in percent of the floor’s',
      xLabel: '% of the floor’s rate',
      names,
      groups: rows.map(({ name, measured }) => ({
        name,
        values: measured.map(({ share }) => 100 * share),
      })),
      goal: { value: 100 * GOALS.share, name: `goal: ${percent(GOALS.share, 1)}` },
    }),
    'routes-median.svg': barPlot({
      title: `Median, in multiples of that with ${sizes[0]} rows`,
      xLabel: `times the median with ${sizes[0]} rows`,
      names: names.slice(1),
      groups: rows.map(({ name, measured: [first, ...others] }) => ({
        name,
        values: others.map(({ product }) => medianRatio(product, first.product, 'median')),
      })),
      most: 2,
      goal: { value: GOALS.growth, name: `goal: ${GOALS.growth}×` },
    }),
    'storm.svg': barPlot({
      title: 'p99 of other routes before and during a login storm',
      xLabel: 'milliseconds',
      names: ['before', 'during'],
      groups: storm.rows.map(({ name, calm, stormy }) => ({
        name,
        values: [calm.slow, stormy.slow],
      })),
    }),
    'mix-latency.svg': overTime('Time to the last byte of an answer', 'milliseconds', [
      ['p50', mix.windows, (each) => each.minute, ({ median }) => median],
      ['p99', mix.windows, (each) => each.minute, ({ slow }) => slow],
    ]),
    'mix-memory.svg': overTime('Memory of the server, engine included', 'MiB', [
      ['resident', mix.looks, minute, ({ resident }) => resident ?? 0],
      ['of its own', mix.looks, minute, ({ own }) => own ?? 0],
      ['JavaScript heap', mix.looks, minute, ({ heap }) => heap],
    ]),
    'mix-lag.svg': overTime('Lag of the server’s event loop', 'milliseconds', [
      ['p99', mix.looks, minute, ({ lag }) => lag],
      ['longest', mix.looks, minute, ({ worstLag }) => worstLag],
    ]),
  };
}
