import { call } from '../api/client.js';
import { later } from '../components/async.js';
import { ownVideos } from '../components/own-videos.js';
import { viewsPlot } from '../components/views-plot.js';
import { fill, h } from '../ui/dom.js';
import { fullCount } from '../ui/format.js';
import { icon } from '../ui/icons.js';

const PERIODS = { 7: '7 days', 28: '28 days', 90: '90 days', 365: 'A year' };
const FIRST_PERIOD = '28';

const STATS = {
  totalViews: 'Views',
  totalSubscribers: 'Subscribers',
  totalVideos: 'Videos',
  totalLikes: 'Likes',
  totalComments: 'Comments',
  totalTweets: 'Posts',
};

/** One's own channel in numbers, and its videos. */
export function view({ signal }) {
  const content = h(
    'div',
    { class: 'page' },
    h(
      'div',
      { class: 'page-head' },
      h('h1', {}, 'Studio'),
      h('a', { class: 'button accent', href: '/upload' }, icon('upload'), 'Upload'),
    ),
    later(() => stats(signal), { signal }),
    plot(signal),
    h('h2', { class: 'section-title' }, 'Your videos'),
    ownVideos(signal),
  );
  return { title: 'Studio', content };
}

async function stats(signal) {
  const { data } = await call('GET', '/dashboard/stats', { signal });
  return h(
    'dl',
    { class: 'stats' },
    Object.entries(STATS).map(([name, text]) =>
      h('div', { class: 'stat' }, h('dt', {}, text), h('dd', {}, fullCount(data[name]))),
    ),
  );
}

function plot(signal) {
  const place = h('div');
  const show = (days) =>
    fill(
      place,
      later(
        async () =>
          viewsPlot(
            (await call('GET', '/dashboard/views', { query: { days }, signal })).data,
            signal,
          ),
        { signal },
      ),
    );
  show(FIRST_PERIOD);
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Views per day' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { class: 'section-title' }, 'Views per day'),
      h(
        'select',
        { 'aria-label': 'Period', onchange: ({ target }) => show(target.value) },
        Object.entries(PERIODS).map(([value, text]) =>
          h('option', { value, selected: value === FIRST_PERIOD }, text),
        ),
      ),
    ),
    place,
  );
}
