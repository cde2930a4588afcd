import { driverCollection } from '../db/driver-collection';
import { TAGS_INDEX, Video, type VideoFields } from '../models/video.model';

const MAX_SUGGESTIONS = 10;
/** Rows of each read. Mostly all say something else; where many say the same, more are read, but only so often. */
const ROWS_READ = [MAX_SUGGESTIONS, 40, 80] as const;

/** Texts as people wrote them, by their lower-case form. */
type Texts = Map<string, string>;

/** What one row has to suggest, and the key by which the index led to it. */
interface Row {
  key: string;
  texts: string[];
}

/**
 * Titles and tags that begin with what somebody is typing.
 * @returns at most ten, titles first, without regard to case
 */
export async function suggestSearches(typed: string): Promise<string[]> {
  const prefix = typed.toLowerCase();
  if (prefix === '') return [];
  const titles = await collect(async (limit, after) => {
    const videos = await titledVideos(prefix, limit, after).toArray();
    return videos.map(titleRow);
  });
  if (titles.size >= MAX_SUGGESTIONS) return [...titles.values()].slice(0, MAX_SUGGESTIONS);
  const tags = await collect(async (limit, after) => {
    const videos = await taggedVideos(prefix, limit, after).toArray();
    return videos.map((video) => tagRow(video, prefix, after));
  });
  // Titles twice: they come first, and their spelling wins over that of an equal tag.
  const unique = new Map([...titles, ...alphabetical(tags), ...titles]);
  return [...unique.values()].slice(0, MAX_SUGGESTIONS);
}

/**
 * Reads until there are enough different texts, or no more of them.
 * @param read so many rows at most, in the order of their keys, from the first key after this one
 */
async function collect(
  read: (limit: number, after: string | undefined) => Promise<Row[]>,
): Promise<Texts> {
  const found: Texts = new Map();
  let after: string | undefined;
  for (const limit of ROWS_READ) {
    const rows = await read(limit, after);
    for (const { texts } of rows) {
      for (const text of texts) {
        const key = text.toLowerCase();
        if (!found.has(key)) found.set(key, text);
      }
    }
    if (rows.length < limit || found.size >= MAX_SUGGESTIONS) break;
    after = rows.at(-1)?.key;
  }
  return found;
}

export function titledVideos(prefix: string, limit: number, after?: string) {
  return driverCollection<VideoFields>(Video)
    .find({ isPublished: true, 'keys.title': rangeOf(prefix, after) })
    .sort({ 'keys.title': 1, _id: 1 })
    .limit(limit)
    .project<Pick<VideoFields, 'title'>>({ title: 1 });
}

function titleRow({ title }: Pick<VideoFields, 'title'>): Row {
  return { key: title.toLowerCase(), texts: [title] };
}

/** In the order of the hinted index: a sort by a list of tags would be one in memory. */
export function taggedVideos(prefix: string, limit: number, after?: string) {
  // One and the same tag lies within the range: without $elemMatch, one tag could satisfy its start
  // and another its end, so that the whole index after its start would be read.
  const tag = { $elemMatch: rangeOf(prefix, after) };
  return driverCollection<VideoFields>(Video)
    .find({ isPublished: true, 'keys.tags': tag })
    .hint(TAGS_INDEX)
    .limit(limit)
    .project<Pick<VideoFields, 'tags'>>({ tags: 1 });
}

function tagRow({ tags }: Pick<VideoFields, 'tags'>, prefix: string, after = ''): Row {
  const texts = tags.filter((tag) => tag.toLowerCase().startsWith(prefix));
  const keys = texts.map((tag) => tag.toLowerCase()).filter((key) => key > after);
  return { key: keys.sort()[0] ?? after, texts };
}

/** Every text that begins so, as a range of an index; no pattern is built from what people type. */
function rangeOf(prefix: string, after: string | undefined) {
  const $lt = `${prefix}\u{10ffff}`;
  return after === undefined ? { $gte: prefix, $lt } : { $gt: after, $lt };
}

function alphabetical(texts: Texts): [string, string][] {
  return [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
}
