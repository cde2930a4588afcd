/** What one client did to one video, and what it was told of it. */
export interface Entry {
  /** Unlike any other's: by it the video is found when no answer came. */
  title: string;
  video: string;
  /** SHA-256 of every thumbnail that it may have by now: more than one while an answer is missing. */
  thumbnails: Set<string>;
  /** `accepted` by a 201 or 202, `refused` by a 4xx, and `unknown` while neither was heard. */
  publishing: 'accepted' | 'refused' | 'unknown';
  id?: string;
  /** Whether a deletion was asked for, and whether it was confirmed. */
  deletion: 'none' | 'unknown' | 'confirmed';
}

/** A video as its owner sees it. */
export interface SeenVideo {
  _id: string;
  title: string;
  status: string;
  videoFile: string;
  thumbnail: string;
}

/** What the store says of a file by its address: its SHA-256, or that there is none. */
export type HashOf = (address: string) => Promise<string | undefined>;

/** What a run is judged by. */
export interface Verdict {
  /** Sentences; none when every promise was kept. */
  broken: string[];
  /** SHA-256 of every file that has to be in the store, once for each reference. */
  expected: string[];
  videos: number;
}

/** Holds what a client was told, and what it may hope for, against what is there in the end. */
export async function judge(
  entries: readonly Entry[],
  seen: readonly SeenVideo[],
  hashOf: HashOf,
): Promise<Verdict> {
  const broken: string[] = [];
  const expected: string[] = [];
  const known = new Set(entries.map(({ title }) => title));
  const strangers = seen.filter(({ title }) => !known.has(title));
  broken.push(...strangers.map(({ title }) => `${title} is there, and nobody has sent it`));
  for (const entry of entries) {
    const found = seen.filter(({ title }) => title === entry.title);
    broken.push(...wrongCount(entry, found.length));
    for (const video of found) {
      const [file, thumbnail] = [await hashOf(video.videoFile), await hashOf(video.thumbnail)];
      if (file !== undefined) expected.push(file);
      if (thumbnail !== undefined) expected.push(thumbnail);
      if (video.status !== 'ready') broken.push(`${entry.title} is ${video.status}`);
      if (file !== entry.video) broken.push(`${entry.title} has not the bytes that were sent`);
      if (thumbnail === undefined || !entry.thumbnails.has(thumbnail)) {
        broken.push(`${entry.title} has a thumbnail that it cannot have`);
      }
    }
  }
  return { broken, expected, videos: seen.length };
}

function wrongCount({ title, publishing, deletion }: Entry, count: number): string[] {
  if (count > 1) return [`${title} is there ${count} times`];
  const mayBeThere = publishing !== 'refused' && deletion !== 'confirmed';
  if (count === 1 && !mayBeThere) return [`${title} is there: ${publishing}, ${deletion}`];
  const mustBeThere = publishing === 'accepted' && deletion === 'none';
  if (count === 0 && mustBeThere) return [`${title} was accepted and is not there`];
  return [];
}
