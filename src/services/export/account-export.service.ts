import { open, type FileHandle } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import type { Collection, Types } from 'mongoose';
import type { AppDependencies } from '../../app-dependencies';
import { UserFile, type UserFileFields } from '../../models/user-file.model';
import type { UserFields } from '../../models/user.model';
import { Video, type VideoFields } from '../../models/video.model';
import { presentAccount } from '../../presenters/user.presenter';
import { presentUserFile } from '../../presenters/user-file.presenter';
import { presentVideo } from '../../presenters/video.presenter';
import { localMediaRoot } from '../media/create-media-store';
import { localFileOf } from '../media/local-store';
import type { StoredAsset } from '../media/media-store';
import { EXPORT_PARTS } from './export-parts';
import { sendZip, type ZipEntry } from './send-zip';

/** Everything of an account, for its owner to take along (GDPR, articles 15 and 20). */
export interface AccountExport {
  /**
   * Writes the archive as it is read from the database: an account of any size takes the same memory.
   * @throws what ends it early, e.g. when the receiver goes away; then nothing is read any more
   */
  write(account: UserFields, target: Writable): Promise<void>;
}

type ExportDependencies = Pick<AppDependencies, 'config' | 'publicUrl'>;

const ROWS_AT_A_TIME = 100;

type OwnedRow = Pick<UserFileFields, '_id' | 'createdAt'>;

export function createAccountExport({ config, publicUrl }: ExportDependencies): AccountExport {
  const mediaRoot = localMediaRoot(config);

  async function* entriesOf(account: UserFields): AsyncGenerator<ZipEntry> {
    yield jsonObject('about', aboutOf(account));
    yield jsonObject('profile', profileOf(account, publicUrl()));
    yield jsonRows('videos', presentedVideos(account._id, publicUrl()));
    yield jsonRows('files', presentedFiles(account._id, publicUrl()));
    for (const { name, rowsOf } of EXPORT_PARTS) yield jsonRows(name, rowsOf(account._id));
    yield* file(account.avatar, 'media/avatar');
    yield* file(account.coverImage, 'media/cover-image');
    for await (const { _id, videoFile, thumbnail } of newestFirst<VideoFields>(
      Video,
      account._id,
    )) {
      yield* file(videoFile, `media/videos/${_id.toString()}`);
      yield* file(thumbnail, `media/thumbnails/${_id.toString()}`);
    }
    for await (const { _id, asset } of newestFirst<UserFileFields>(UserFile, account._id)) {
      yield* file(asset, `media/files/${_id.toString()}`);
    }
  }

  /** Nothing for a file that a provider keeps: the rows have its address. */
  async function* file(asset: StoredAsset | undefined, name: string): AsyncGenerator<ZipEntry> {
    const path = asset && localFileOf(mediaRoot, asset.publicId);
    const handle = path && (await openIfPresent(path));
    if (!handle) return;
    // Closes the file, too, when it is destroyed halfway.
    const content = handle.createReadStream();
    yield { name: `${name}.${asset.format}`, content, compress: false };
  }

  return {
    write: (account, target) => sendZip(entriesOf(account), target),
  };
}

/** What the other files hold. */
function aboutOf({ _id, username }: UserFields) {
  return {
    account: _id.toString(),
    username,
    exportedAt: new Date(),
    files: {
      'profile.json': 'Your account',
      'videos.json': 'Videos that you published, and those that you did not',
      'files.json': 'Files that you keep for yourself',
      ...Object.fromEntries(EXPORT_PARTS.map(({ name, holds }) => [`${name}.json`, holds])),
      'media/': 'Your pictures, videos and files, where this server keeps them; by their `_id`',
    },
  };
}

/** Named field by field, as the presenters do: the password's hash is in the same document. */
function profileOf(user: UserFields, publicUrl: string) {
  const { suspendedAt, suspendedUntil, suspensionReason } = user;
  return {
    ...presentAccount(user, publicUrl),
    role: user.role,
    hasTwoFactor: user.hasTwoFactor,
    historyPaused: user.historyPaused,
    subscribersCount: user.subscribersCount,
    subscribedToCount: user.subscribedToCount,
    videosCount: user.allVideosCount,
    tweetsCount: user.tweetsCount,
    storedBytes: user.storedBytes,
    ...(suspendedAt && { suspendedAt, suspendedUntil, suspensionReason }),
  };
}

async function* presentedVideos(owner: Types.ObjectId, publicUrl: string): AsyncGenerator<object> {
  for await (const video of newestFirst<VideoFields>(Video, owner)) {
    const { owner: _self, ...own } = presentVideo({ ...video, owner: undefined }, publicUrl);
    yield own;
  }
}

async function* presentedFiles(owner: Types.ObjectId, publicUrl: string): AsyncGenerator<object> {
  for await (const file of newestFirst<UserFileFields>(UserFile, owner)) {
    yield presentUserFile(file, publicUrl);
  }
}

/** Page by page: between two rows a file may be sent for hours, which no cursor outlives. */
async function* newestFirst<Row extends OwnedRow>(
  { collection }: { collection: Collection },
  owner: Types.ObjectId,
): AsyncGenerator<Row> {
  let last: Row | undefined;
  do {
    const page: Row[] = await collection
      .find<Row>({ owner, ...(last && olderThan(last)) })
      .sort({ createdAt: -1, _id: -1 })
      .limit(ROWS_AT_A_TIME)
      .toArray();
    yield* page;
    last = page.length < ROWS_AT_A_TIME ? undefined : page.at(-1);
  } while (last);
}

function olderThan({ createdAt, _id }: OwnedRow) {
  return { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: _id } }] };
}

function jsonObject(name: string, value: object): ZipEntry {
  return textFile(name, [`${JSON.stringify(value, undefined, 2)}\n`]);
}

function jsonRows(name: string, rows: AsyncIterable<object>): ZipEntry {
  return textFile(name, jsonArrayOf(rows));
}

/** A row a line, so that tools that read line by line can, too. */
async function* jsonArrayOf(rows: AsyncIterable<object>): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const row of rows) {
    yield `${isEmpty ? '[' : ','}\n${JSON.stringify(row)}`;
    isEmpty = false;
  }
  yield isEmpty ? '[]\n' : '\n]\n';
}

function textFile(name: string, text: Iterable<string> | AsyncIterable<string>): ZipEntry {
  // Counted in bytes, not in pieces: it is told to wait by how much is waiting.
  const content = Readable.from(text, { objectMode: false });
  return { name: `${name}.json`, content, compress: true };
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
