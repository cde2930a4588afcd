import { TAGS_INDEX, Video } from '../models/video.model';

const MAX_SUGGESTIONS = 10;
/** Rows read at once. Many may say the same; then more are read, but only so often. */
export const ROWS_READ = 40;
const MAX_READS = 3;

/** Texts as people wrote them, by their lower-case form. */
type Texts = Map<string, string>;

/**
 * Titles and tags that begin with what somebody is typing.
 * @returns at most ten, titles first, without regard to case
 */
export async function suggestSearches(typed: string): Promise<string[]> {
  const prefix = typed.toLowerCase();
  if (prefix === '') return [];
  const [titles, tags] = await Promise.all([
    collect(async (known) => {
      const videos = await titledVideos(prefix, known);
      return videos.map(({ title }) => [title]);
    }),
    collect(async (known) => {
      const videos = await taggedVideos(prefix, known);
      return videos.map((video) => video.tags.filter((tag) => startsWith(tag, prefix)));
    }),
  ]);
  // Titles twice: they come first, and their spelling wins over that of an equal tag.
  const unique = new Map([...titles, ...alphabetical(tags), ...titles]);
  return [...unique.values()].slice(0, MAX_SUGGESTIONS);
}

/**
 * Reads until there are enough different texts, or no more of them.
 * @param read the texts of each of at most ROWS_READ further rows, given what is known already
 */
async function collect(read: (known: readonly string[]) => Promise<string[][]>): Promise<Texts> {
  const texts: Texts = new Map();
  for (let reads = 0; reads < MAX_READS && texts.size < MAX_SUGGESTIONS; reads += 1) {
    const rows = await read([...texts.keys()]);
    for (const text of rows.flat()) {
      if (!texts.has(text.toLowerCase())) texts.set(text.toLowerCase(), text);
    }
    if (rows.length < ROWS_READ) break;
  }
  return texts;
}

/** @param known titles that are of no interest any more, the last of them in the index last */
export function titledVideos(prefix: string, known: readonly string[]) {
  const last = known.at(-1);
  const { $gte, $lt } = rangeOf(prefix);
  const range = last === undefined ? { $gte, $lt } : { $gt: last, $lt };
  return Video.find({ isPublished: true, 'keys.title': range })
    .sort({ 'keys.title': 1, _id: 1 })
    .limit(ROWS_READ)
    .select('title')
    .lean();
}

/** @param known tags that are of no interest any more */
export function taggedVideos(prefix: string, known: readonly string[]) {
  // One and the same tag lies within the range: without $elemMatch, one tag could satisfy its start
  // and another its end, so that the whole index after its start would be read.
  const tag = { $elemMatch: { ...rangeOf(prefix), $nin: [...known] } };
  return (
    Video.find({ isPublished: true, 'keys.tags': tag })
      // Not left to the planner: what is quick for a common beginning reads everything for a rare one.
      .hint(TAGS_INDEX)
      .limit(ROWS_READ)
      .select('tags')
      .lean()
  );
}

/** Every text that begins so, as a range of an index; no pattern is built from what people type. */
function rangeOf(prefix: string) {
  return { $gte: prefix, $lt: `${prefix}\u{10ffff}` };
}

function alphabetical(texts: Texts): [string, string][] {
  return [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
}

function startsWith(text: string, prefix: string): boolean {
  return text.toLowerCase().startsWith(prefix);
}
