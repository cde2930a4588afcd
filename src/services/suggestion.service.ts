import { Video } from '../models/video.model';

const MAX_SUGGESTIONS = 10;
/** Rows read for each kind of suggestion; equal titles and tags fall together afterwards. */
const ROWS_READ = 40;

/**
 * Titles and tags that begin with what somebody is typing.
 * @returns at most ten, titles first, without regard to case
 */
export async function suggestSearches(typed: string): Promise<string[]> {
  const prefix = typed.toLowerCase();
  if (prefix === '') return [];
  const [titled, tagged] = await Promise.all([findTitled(prefix), findTagged(prefix)]);
  const tags = tagged.flatMap((video) => video.tags).filter((tag) => startsWith(tag, prefix));
  const unique = new Map<string, string>();
  for (const text of [...titled.map(({ title }) => title), ...tags]) {
    if (!unique.has(text.toLowerCase())) unique.set(text.toLowerCase(), text);
  }
  return [...unique.values()].slice(0, MAX_SUGGESTIONS);
}

function findTitled(prefix: string) {
  return Video.find({ isPublished: true, 'keys.title': rangeOf(prefix) })
    .sort({ 'keys.title': 1, _id: 1 })
    .limit(ROWS_READ)
    .select('title')
    .lean();
}

function findTagged(prefix: string) {
  return Video.find({ isPublished: true, 'keys.tags': rangeOf(prefix) })
    .limit(ROWS_READ)
    .select('tags')
    .lean();
}

/** Every text that begins so, as a range of an index; no pattern is built from what people type. */
export function rangeOf(prefix: string) {
  return { $gte: prefix, $lt: `${prefix}\u{10ffff}` };
}

function startsWith(text: string, prefix: string): boolean {
  return text.toLowerCase().startsWith(prefix);
}
