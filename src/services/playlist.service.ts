import type { Types } from 'mongoose';
import { isDuplicateKey } from '../db/duplicate-key';
import { Playlist, type PlaylistFields } from '../models/playlist.model';
import { shownPlaylistStages, type ShownPlaylist } from '../models/playlist.pipeline';
import { ApiError } from '../utils/api-error';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';

export type PlaylistText = Pick<PlaylistFields, 'name' | 'description' | 'isPublic'>;

/** Makes an empty playlist. @returns its id */
export async function createPlaylist(
  owner: Types.ObjectId,
  text: PlaylistText,
): Promise<Types.ObjectId> {
  const { _id } = await Playlist.create({ owner, ...text });
  return _id;
}

/**
 * A playlist as this viewer sees it.
 * @throws ApiError 404 when it is absent, or private and another's
 */
export async function findPlaylist(
  playlistId: Types.ObjectId,
  viewer: Types.ObjectId | undefined,
): Promise<ShownPlaylist> {
  const playlist = await shownPlaylist({ _id: playlistId, ...readableBy(viewer) }, viewer);
  if (!playlist) throw playlistNotFound();
  return playlist;
}

async function shownPlaylist(
  filter: Record<string, unknown>,
  viewer: Types.ObjectId | undefined,
): Promise<ShownPlaylist | undefined> {
  const [playlist] = await Playlist.aggregate<ShownPlaylist>([
    { $match: filter },
    ...shownPlaylistStages(viewer),
  ]);
  return playlist;
}

/** One page of a person's playlists, newest first; the private ones are for their owner alone. */
export async function listPlaylists(
  owner: Types.ObjectId,
  query: PageQuery,
  viewer: Types.ObjectId | undefined,
): Promise<ArrayPage<ShownPlaylist>> {
  return pageOfArray<ShownPlaylist>(Playlist, playlistList(owner, viewer), query);
}

export function playlistList(owner: Types.ObjectId, viewer: Types.ObjectId | undefined): ArrayList {
  const isOwn = viewer?.equals(owner) ?? false;
  return {
    filter: { owner, kind: 'list', ...(isOwn ? {} : { isPublic: true }) },
    order: NEWEST_FIRST,
    joins: shownPlaylistStages(viewer),
  };
}

/** The caller's own list of videos to watch later, made on first use. */
export async function watchLaterOf(owner: Types.ObjectId): Promise<ShownPlaylist> {
  const filter = { owner, kind: 'watch-later' } as const;
  const existing = await shownPlaylist(filter, owner);
  if (existing) return existing;
  // Of several first uses at once, the unique index lets one make it.
  await Playlist.create({ ...filter, name: 'Watch later', isPublic: false }).catch(passDuplicate);
  const made = await shownPlaylist(filter, owner);
  if (!made) throw playlistNotFound();
  return made;
}

function passDuplicate(error: unknown): void {
  if (!isDuplicateKey(error)) throw error;
}

/** @throws ApiError 404, 403 for another's, 409 PLAYLIST_FIXED for the one to watch later */
export async function updatePlaylist(
  playlistId: Types.ObjectId,
  owner: Types.ObjectId,
  changes: Partial<PlaylistText>,
): Promise<void> {
  const { matchedCount } = await Playlist.updateOne(
    { _id: playlistId, owner, kind: 'list' },
    { $set: changes },
    { runValidators: true },
  );
  if (matchedCount === 0) await refuse(playlistId, owner);
}

/** @throws ApiError 404, 403 for another's, 409 PLAYLIST_FIXED for the one to watch later */
export async function deletePlaylist(
  playlistId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  const { deletedCount } = await Playlist.deleteOne({ _id: playlistId, owner, kind: 'list' });
  if (deletedCount === 0) await refuse(playlistId, owner);
}

/** @throws ApiError why a write that is bound to owner and kind found nothing */
async function refuse(playlistId: Types.ObjectId, person: Types.ObjectId): Promise<never> {
  await requireOwnPlaylist(playlistId, person);
  throw ApiError.conflict('The list of videos to watch later stays as it is', {
    code: 'PLAYLIST_FIXED',
  });
}

/** @throws ApiError 404 when it is absent or private, 403 when it is another's */
export async function requireOwnPlaylist(
  playlistId: Types.ObjectId,
  person: Types.ObjectId,
): Promise<PlaylistFields> {
  const playlist = await Playlist.findOne({ _id: playlistId, ...readableBy(person) }).lean();
  if (!playlist) throw playlistNotFound();
  if (!playlist.owner.equals(person)) {
    throw ApiError.forbidden('Only its owner may change a playlist');
  }
  return playlist;
}

function readableBy(viewer: Types.ObjectId | undefined): Record<string, unknown> {
  return viewer ? { $or: [{ isPublic: true }, { owner: viewer }] } : { isPublic: true };
}

/** 404 for a playlist that is absent, or private and another's. */
export function playlistNotFound(): ApiError {
  return ApiError.notFound('Playlist not found', { code: 'PLAYLIST_NOT_FOUND' });
}
