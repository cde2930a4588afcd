import type { Test } from 'supertest';
import { bearer, type SignedInAccount } from './accounts';
import { dataOf } from './answers';
import type { TestServer } from './server';

/** What a test reads of a playlist. */
export interface PlaylistView {
  _id: string;
  name: string;
  description: string;
  isPublic: boolean;
  owner: { _id: string };
  videos: { _id: string; title: string; owner: { _id: string } }[];
  totalVideos: number;
  totalViews: number;
  thumbnail: string;
  createdAt: string;
  updatedAt: string;
}

export interface PlaylistCalls {
  call(
    method: 'get' | 'post' | 'patch' | 'delete',
    address: string,
    account?: SignedInAccount,
  ): Test;
  /** Makes a playlist with these videos in it. */
  make(owner: SignedInAccount, fields?: object, videos?: readonly string[]): Promise<PlaylistView>;
  add(videoId: string, playlistId: string, account: SignedInAccount): Test;
  remove(videoId: string, playlistId: string, account: SignedInAccount): Test;
  /** @throws Error when this caller cannot see it */
  read(playlistId: string, account?: SignedInAccount): Promise<PlaylistView>;
}

/** Calls of /playlist, short enough for tests that need many. */
export function playlistCalls(server: () => TestServer): PlaylistCalls {
  const call: PlaylistCalls['call'] = (method, address, account) => {
    const test = server().api()[method](`/api/v1/playlist${address}`);
    return account ? test.set(bearer(account.accessToken)) : test;
  };
  const add: PlaylistCalls['add'] = (videoId, playlistId, account) =>
    call('patch', `/add/${videoId}/${playlistId}`, account);
  return {
    call,
    add,
    remove: (videoId, playlistId, account) =>
      call('patch', `/remove/${videoId}/${playlistId}`, account),
    read: async (playlistId, account) => dataOf(await call('get', `/${playlistId}`, account)),
    make: async (owner, fields = {}, videos = []) => {
      const body = { name: 'A playlist', ...fields };
      let playlist: PlaylistView = dataOf(await call('post', '', owner).send(body), 201);
      for (const id of videos) playlist = dataOf(await add(id, playlist._id, owner));
      return playlist;
    },
  };
}

/** Which videos a playlist shows, in its order. */
export const idsOf = ({ videos }: Pick<PlaylistView, 'videos'>): string[] =>
  videos.map(({ _id }) => _id);
