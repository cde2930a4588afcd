import type { UserFields } from '../../../models/user.model';
import { bytesOf } from '../../uploads/quota.service';
import { ABOUT_PEOPLE, FIRST_NAMES, LAST_NAMES, SAMPLE_CHANNELS } from '../content/texts';
import { DRAW } from '../draws';
import { ownAvatar, ownCover } from '../own-files';
import type { SeedRandom } from '../seed-random';
import { avatarOf, coverOf, faceOf } from '../sample-names';
import { daysAgo, idOf, VERSION, type RowTools } from './row-tools';
import { WRITTEN_VIDEOS } from '../written-videos';
import { clipAsset, stillAsset } from './videos';

/** Before the oldest thing. */
const NEWEST_PERSON_DAYS = 420;
const OLDEST_PERSON_DAYS = 1500;

export function personRow(tools: RowTools, person: number): UserFields {
  const { shape, password } = tools;
  const name = nameOf(tools, person);
  const pictures = picturesOf(tools, person);
  const drawn = shape.random.unit(DRAW.age, person, 1);
  const days = NEWEST_PERSON_DAYS + drawn * (OLDEST_PERSON_DAYS - NEWEST_PERSON_DAYS);
  const createdAt = daysAgo(tools, days);
  return {
    _id: idOf(tools, 'person', person),
    ...name,
    email: `${name.username}@example.com`,
    emailVerifiedAt: createdAt,
    ...pictures,
    password,
    role: 'user',
    hasTwoFactor: false,
    historyPaused: false,
    subscribersCount: shape.subscriptions.sizeOf(person),
    subscribedToCount: shape.counts.subscribedTo[person] ?? 0,
    videosCount: shape.counts.videos[person] ?? 0,
    allVideosCount: shape.counts.allVideos[person] ?? 0,
    tweetsCount: shape.counts.tweets[person] ?? 0,
    storedBytes: bytesOf(pictures.avatar, pictures.coverImage) + videoBytes(tools, person),
    createdAt,
    updatedAt: createdAt,
    ...VERSION,
  };
}

/** What a name depends on. */
export interface Naming {
  random: SeedRandom;
  /** People before this number have channels. */
  channels: number;
}

/** With a mark of the seed, so that several seeds fit into one database. */
export function usernameOf({ random, channels }: Naming, person: number): string {
  const mark = random.seed === 1 ? '' : `-s${random.seed}`;
  const written = person < channels ? SAMPLE_CHANNELS[person] : undefined;
  if (written) return `${written.username}${mark}`;
  const [first, last] = namesOf(random, person);
  // Accents go, as usernames have none.
  const plain = `${first}.${last}`.normalize('NFD').replace(/[^a-zA-Z.]/g, '');
  return `${plain.toLowerCase()}${person}${mark}`;
}

function nameOf(
  tools: RowTools,
  person: number,
): Pick<UserFields, 'username' | 'fullName' | 'description'> {
  const { random, plan } = tools.shape;
  const { channels } = plan;
  const username = usernameOf({ random, channels }, person);
  const written = person < channels ? SAMPLE_CHANNELS[person] : undefined;
  if (written) return { username, fullName: written.fullName, description: written.description };
  const fullName = namesOf(random, person).join(' ');
  return { username, fullName, description: random.pick(ABOUT_PEOPLE, DRAW.text, person, 1) };
}

function namesOf(random: SeedRandom, person: number): [string, string] {
  return [
    random.pick(FIRST_NAMES, DRAW.name, person),
    random.pick(LAST_NAMES, DRAW.name, person, 1),
  ];
}

function picturesOf(
  { shape, files }: RowTools,
  person: number,
): Pick<UserFields, 'avatar' | 'coverImage'> {
  const isChannel = person < shape.plan.channels;
  if (!isChannel) return { avatar: files.assetOf('', faceOf(person)) };
  const isWritten = person < SAMPLE_CHANNELS.length;
  return {
    avatar: files.assetOf(ownAvatar(person), isWritten ? avatarOf(person) : faceOf(person)),
    coverImage: files.assetOf(ownCover(person), coverOf(person)),
  };
}

/** Of the videos that have files of their own; shared ones are nobody's. */
function videoBytes(tools: RowTools, person: number): number {
  const { owners } = tools.shape.videos;
  return WRITTEN_VIDEOS.reduce(
    (sum, _video, video) =>
      owners[video] === person
        ? sum + bytesOf(clipAsset(tools, video), stillAsset(tools, video))
        : sum,
    0,
  );
}
