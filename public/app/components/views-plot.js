import { fill, h, svg } from '../ui/dom.js';
import { dateOf, fullCount, shortCount } from '../ui/format.js';

const HEIGHT = 220;
const LEFT = 40;
const BOTTOM = 28;
const TOP = 10;
const STEPS = [1, 2, 5];

/**
 * Views per day as bars, and the same as a table for whoever does not see them.
 * @param {{ date: string, views: number }[]} days in order, without gaps
 * @param {AbortSignal} signal
 */
export function viewsPlot(days, signal) {
  const total = days.reduce((sum, { views }) => sum + views, 0);
  const best = days.reduce((one, other) => (other.views > one.views ? other : one), days[0]);
  const words =
    total === 0
      ? 'No views in this time.'
      : `${fullCount(total)} views. The best day was ${dateOf(best.date)} with ${fullCount(best.views)}.`;
  const drawing = h('div', {
    class: 'plot-drawing',
    role: 'img',
    'aria-label': `Views per day. ${words}`,
  });
  // Drawn anew for each width: scaled as a whole, its letters would be too small for a phone.
  const observer = new ResizeObserver(([{ contentRect }]) => {
    fill(drawing, draw(days, scaleOf(best.views), Math.max(240, contentRect.width)));
  });
  observer.observe(drawing);
  signal.addEventListener('abort', () => observer.disconnect());
  return h('figure', { class: 'plot' }, drawing, h('figcaption', {}, words), table(days));
}

function draw(days, scale, width) {
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${HEIGHT}`, 'aria-hidden': 'true' },
    gridLines(scale, width),
    bars(days, scale, width),
    dates(days, width),
  );
}

/** A round number at or above the highest bar, and how many lines lead to it. */
function scaleOf(most) {
  const rough = Math.max(1, most / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.max(1, Math.ceil(most / step));
  return { step, count, top: step * count };
}

const heightOf = (views, { top }) => (views / top) * (HEIGHT - BOTTOM - TOP);

function gridLines(scale, width) {
  return Array.from({ length: scale.count + 1 }, (_, index) => {
    const views = index * scale.step;
    const y = HEIGHT - BOTTOM - heightOf(views, scale);
    return [
      svg('line', { class: 'plot-line', x1: LEFT, x2: width, y1: y, y2: y }),
      svg('text', { class: 'plot-text end', x: LEFT - 8, y: y + 4 }, shortCount(views)),
    ];
  }).flat();
}

function bars(days, scale, width) {
  const slot = (width - LEFT) / days.length;
  const gap = Math.min(4, slot * 0.25);
  return days.map(({ date, views }, index) => {
    const height = heightOf(views, scale);
    return svg(
      'rect',
      {
        class: 'plot-bar',
        x: LEFT + index * slot + gap / 2,
        y: HEIGHT - BOTTOM - height,
        width: slot - gap,
        height,
        rx: Math.min(3, (slot - gap) / 2, height),
      },
      svg('title', {}, `${dateOf(date)}: ${fullCount(views)}`),
    );
  });
}

function dates(days, width) {
  const short = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const slot = (width - LEFT) / days.length;
  return [0, Math.floor(days.length / 2), days.length - 1].map((index, place) => {
    const x = LEFT + (index + 0.5) * slot;
    const anchor = ['start', 'middle', 'end'][place];
    const words = short.format(new Date(days[index].date));
    return svg('text', { class: `plot-text ${anchor}`, x, y: HEIGHT - 6 }, words);
  });
}

function table(days) {
  return h(
    'details',
    { class: 'plot-table' },
    h('summary', {}, 'As a table'),
    h(
      'div',
      { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Views per day' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h('tr', {}, h('th', { scope: 'col' }, 'Day'), h('th', { scope: 'col' }, 'Views')),
        ),
        h(
          'tbody',
          {},
          [...days]
            .reverse()
            .map(({ date, views }) =>
              h('tr', {}, h('th', { scope: 'row' }, dateOf(date)), h('td', {}, fullCount(views))),
            ),
        ),
      ),
    ),
  );
}
