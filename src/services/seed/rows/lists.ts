import type { DayViewsFields } from '../../../models/day-views.model';
import type { PlaylistFields } from '../../../models/playlist.model';
import { PLAYLIST_NAMES, SAMPLE_CHANNELS } from '../content/texts';
import { DRAW } from '../draws';
import { WRITTEN_VIDEOS } from '../written-videos';
import type { SeedPlan } from '../seed-plan';
import { at } from '../seed-random';
import { daysAgo, DAY_MILLISECONDS, idOf, VERSION, type RowTools } from './row-tools';

/** People who have put videos aside for later. */
const WATCH_LATER_LISTS = 20;
const LIST_DAYS = 200;
/** Lists of each of the two that people sign in as. */
const OWN_LISTS = 4;

export function watchLaterCount({ people, channels }: SeedPlan): number {
  return Math.min(WATCH_LATER_LISTS, people - channels);
}

export function watchLaterRow(tools: RowTools, place: number): PlaylistFields {
  const { plan } = tools.shape;
  // One's own first, and then those of people who only watch.
  const owner = place === 0 ? 0 : Math.min(plan.channels + place - 1, plan.people - 1);
  return playlistRow(tools, idOf(tools, 'watch-later', place), {
    owner,
    kind: 'watch-later',
    name: 'Watch later',
    description: '',
    isPublic: false,
    videos: someVideos(tools, place, 1, 5),
  });
}

/** First what channels have put together of their own, then what people have of everybody's. */
export function listRow(tools: RowTools, place: number): PlaylistFields {
  const { shape } = tools;
  const { plan, random } = shape;
  const _id = idOf(tools, 'playlist', place);
  const channel = SAMPLE_CHANNELS[place];
  if (channel && place < plan.channels) {
    const videos = WRITTEN_VIDEOS.flatMap((video, index) =>
      video.channel === place ? [index] : [],
    );
    return playlistRow(tools, _id, {
      owner: place,
      kind: 'list',
      name: `Start here: ${channel.fullName}`,
      description: 'The best way in, in order.',
      isPublic: true,
      videos: videos
        .filter((video) => video < plan.videos)
        .map((video) => idOf(tools, 'video', video)),
    });
  }
  const index = place - Math.min(plan.channels, SAMPLE_CHANNELS.length);
  const signedIn = [0, plan.channels][Math.floor(index / OWN_LISTS)];
  return playlistRow(tools, _id, {
    owner: signedIn ?? random.below(plan.people, DRAW.list, place),
    kind: 'list',
    name: at(PLAYLIST_NAMES, index),
    description: '',
    isPublic: random.unit(DRAW.list, place, 1) < 0.8,
    videos: someVideos(tools, place, 2, 10),
  });
}

function playlistRow(
  tools: RowTools,
  _id: PlaylistFields['_id'],
  {
    owner,
    ...fields
  }: Omit<PlaylistFields, '_id' | 'owner' | 'createdAt' | 'updatedAt'> & {
    owner: number;
  },
): PlaylistFields {
  const place = _id.id[11] ?? 0;
  const createdAt = daysAgo(
    tools,
    tools.shape.random.unit(DRAW.time, owner, place + 10) * LIST_DAYS,
  );
  const id = idOf(tools, 'person', owner);
  return { _id, owner: id, ...fields, createdAt, updatedAt: createdAt, ...VERSION };
}

function someVideos({ shape, ...tools }: RowTools, list: number, salt: number, usual: number) {
  const { videos, random } = shape;
  const { length: most } = videos.published;
  const length = Math.min(3 + random.below(usual, DRAW.list, list, salt), most);
  const first = random.below(most, DRAW.list, list, salt + 10);
  return Array.from({ length }, (_, place) =>
    idOf(tools, 'video', videos.publishedFrom(first, place)),
  );
}

export function dayViewsCount({ channels, days }: SeedPlan): number {
  return channels * days;
}

export function dayViewsRow(tools: RowTools, place: number): DayViewsFields {
  const { days } = tools.shape.plan;
  const ago = days - 1 - (place % days);
  const day = new Date(tools.now - ago * DAY_MILLISECONDS);
  day.setUTCHours(0, 0, 0, 0);
  return {
    _id: idOf(tools, 'day-views', place),
    owner: idOf(tools, 'person', Math.floor(place / days)),
    day,
    views: tools.shape.videos.dayViews[place] ?? 0,
    ...VERSION,
  };
}
