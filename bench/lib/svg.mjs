/**
 * Plots as SVG: lines over time, and bars beside each other. Colours follow the reader's light or dark
 * scheme, with a ground of their own; lines also differ by their dashes.
 */
const WIDTH = 820;
const MARGIN = { top: 64, right: 24, bottom: 52 };
const BAR_PIXELS = 11;
const STYLE = `
  svg { --ground: #fff; --ink: #1f2328; --grid: #d1d9e0; --goal: #c4321c; --s0: #0b66c3; --s1: #b35900; --s2: #1a7f4b }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --grid: #3d444d; --goal: #ff7b6b; --s0: #6cb6ff; --s1: #f0a04b; --s2: #57c78b }
  }
  .ground { fill: var(--ground) } text { fill: var(--ink); font: 13px system-ui, sans-serif }
  .title { font-size: 16px; font-weight: 600 } .grid { stroke: var(--grid) } .goal { stroke: var(--goal); stroke-width: 1.5 }
  .goal-name { fill: var(--goal) } .cut { font-size: 11px; font-weight: 600 } .line { fill: none; stroke-width: 2; stroke-linejoin: round }
  .s0 { stroke: var(--s0) } .s1 { stroke: var(--s1); stroke-dasharray: 6 3 } .s2 { stroke: var(--s2); stroke-dasharray: 2 3 }
  .b0 { fill: var(--s0) } .b1 { fill: var(--s1) } .b2 { fill: var(--s2) }`;

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
const round = (value) => Number(value.toFixed(1));
const text = (x, y, words, { anchor = 'start', name = '', turn = '' } = {}) =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${name && ` class="${name}"`}${turn && ` transform="${turn}"`}>${escape(words)}</text>`;
const line = (x1, y1, x2, y2, name) =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${name}"/>`;

function drawing(height, title, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="100%" height="100%"/>`,
    text(16, 26, title, { name: 'title' }),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Round numbers from 0 to the first that is not below `most`: steps of 1, 2 or 5 times a power of ten. */
export function ticksUpTo(most) {
  const power = 10 ** Math.floor(Math.log10(most / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => most / each <= 6);
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

const label = (value) => value.toLocaleString('en', { maximumFractionDigits: 3 });

function legend(names, drawMark) {
  let x = 16;
  return names.flatMap((name, index) => {
    const start = x;
    x += 48 + 7.2 * name.length;
    return [drawMark(index, start, 44), text(start + 30, 49, name)];
  });
}

/**
 * @param plot `{ title, xLabel, yLabel, series: [{ name, points: [[x, y], …] }] }`, at most three of them
 * @returns the SVG
 */
export function linePlot({ title, xLabel, yLabel, series }) {
  const height = 340;
  const left = 88;
  const [xs, ys] = [0, 1].map((axis) =>
    series.flatMap(({ points }) => points.map((at) => at[axis])),
  );
  const yTicks = ticksUpTo(Math.max(...ys, 1e-9));
  const xTicks = ticksUpTo(Math.max(...xs, 1e-9));
  const bottom = height - MARGIN.bottom;
  // The last moment is the end of the axis; there may be a tick behind it.
  const xOf = (x) => left + (x / Math.max(...xs)) * (WIDTH - MARGIN.right - left);
  const yOf = (y) => bottom - (y / yTicks.at(-1)) * (bottom - MARGIN.top);
  return drawing(height, title, [
    ...yTicks.flatMap((tick) => [
      line(left, yOf(tick), WIDTH - MARGIN.right, yOf(tick), 'grid'),
      text(left - 8, yOf(tick) + 4, label(tick), { anchor: 'end' }),
    ]),
    ...xTicks
      .filter((tick) => tick <= Math.max(...xs))
      .map((tick) => text(xOf(tick), bottom + 20, label(tick), { anchor: 'middle' })),
    text((left + WIDTH) / 2, height - 10, xLabel, { anchor: 'middle' }),
    text(16, (bottom + MARGIN.top) / 2, yLabel, {
      anchor: 'middle',
      turn: `rotate(-90 16 ${(bottom + MARGIN.top) / 2})`,
    }),
    ...series.map(
      ({ points }, index) =>
        `<polyline class="line s${index}" points="${points.map(([x, y]) => `${round(xOf(x))},${round(yOf(y))}`).join(' ')}"/>`,
    ),
    ...legend(
      series.map(({ name }) => name),
      (index, x, y) => line(x, y, x + 24, y, `line s${index}`),
    ),
  ]);
}

/**
 * Bars from left to right, one group under the other.
 * @param plot `{ title, xLabel, names, groups: [{ name, values }], goal: { value, name }, most }`; a value
 * for each of at most three names; one above `most` is cut, and written beside its bar
 * @returns the SVG
 */
export function barPlot({ title, xLabel, names, groups, goal, most = Infinity }) {
  const left = 316;
  const groupPixels = names.length * BAR_PIXELS + 10;
  const bottom = MARGIN.top + groups.length * groupPixels + 6;
  const height = bottom + MARGIN.bottom;
  const ticks = ticksUpTo(
    Math.min(most, Math.max(...groups.flatMap(({ values }) => values), goal?.value ?? 0, 1e-9)),
  );
  const xOf = (value) => left + (value / ticks.at(-1)) * (WIDTH - MARGIN.right - 32 - left);
  return drawing(height, title, [
    ...ticks.flatMap((tick) => [
      line(xOf(tick), MARGIN.top, xOf(tick), bottom, 'grid'),
      text(xOf(tick), bottom + 18, label(tick), { anchor: 'middle' }),
    ]),
    text((left + WIDTH) / 2, height - 10, xLabel, { anchor: 'middle' }),
    ...groups.flatMap(({ name, values }, group) => {
      const top = MARGIN.top + 6 + group * groupPixels;
      const bar = (value, index) => {
        const y = top + index * BAR_PIXELS;
        const end = xOf(Math.min(value, ticks.at(-1)));
        const rectangle = `<rect class="b${index}" x="${left}" y="${y}" width="${round(end - left)}" height="${BAR_PIXELS - 1}"/>`;
        if (value <= most) return rectangle;
        const beside = { name: 'cut' };
        return rectangle + text(end + 4, y + BAR_PIXELS - 2, `→ ${label(round(value))}`, beside);
      };
      const middle = top + (names.length * BAR_PIXELS) / 2 + 4;
      return [text(left - 8, middle, name, { anchor: 'end' }), ...values.map(bar)];
    }),
    ...(goal
      ? [
          line(xOf(goal.value), MARGIN.top - 4, xOf(goal.value), bottom, 'goal'),
          text(xOf(goal.value), MARGIN.top - 8, goal.name, { anchor: 'middle', name: 'goal-name' }),
        ]
      : []),
    ...legend(
      names,
      (index, x, y) => `<rect class="b${index}" x="${x}" y="${y - 6}" width="24" height="11"/>`,
    ),
  ]);
}
