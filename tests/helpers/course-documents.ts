import bcrypt from 'bcrypt';
import { ObjectId, type Db } from 'mongodb';

const ids = <Name extends string>(...names: Name[]): Record<Name, ObjectId> =>
  Object.fromEntries(names.map((name) => [name, new ObjectId()])) as Record<Name, ObjectId>;

export const PASSWORD = 'chai with ginger';
export const HOST = 'http://res.cloudinary.com/course';

/** The people and things of `fillCourseDatabase`; those with a fault say which. */
export const PEOPLE = ids('ada', 'bob', 'bobInCapitals', 'grace', 'noEmail', 'gone');
export const VIDEOS = ids('first', 'second', 'hidden', 'ofNobody', 'withoutFile', 'gone');
export const COMMENTS = ids('onFirst', 'onGone', 'empty');
export const TWEETS = ids('short', 'long');
export const PLAYLISTS = ids('favourites');

const at = (day: number): Date => new Date(Date.UTC(2024, 2, day, 12));
const times = (day: number) => ({ createdAt: at(day), updatedAt: at(day), __v: 0 });

/** What the course's models write, and what years of its descendants leave behind. */
export async function fillCourseDatabase(db: Db): Promise<void> {
  const password = await bcrypt.hash(PASSWORD, 4);
  const person = { password, refreshToken: 'a token in clear text', coverImage: '' };
  const avatar = `${HOST}/image/upload/v1710000000/faces/ada%20l.png`;
  const { ada, bob, bobInCapitals, grace, noEmail, gone } = PEOPLE;
  await db.collection('users').insertMany([
    {
      ...person,
      _id: ada,
      username: 'ada',
      // The course means to write small letters, and has a typo there.
      email: 'Ada@Example.com',
      fullName: 'Ada Lovelace',
      avatar,
      watchHistory: [VIDEOS.first, VIDEOS.second, VIDEOS.gone, VIDEOS.first],
      ...times(1),
    },
    {
      ...person,
      _id: bob,
      username: 'bob',
      email: 'bob@example.com',
      fullName: 'Bob',
      avatar,
      watchHistory: [],
      ...times(2),
    },
    {
      ...person,
      _id: bobInCapitals,
      username: 'bobby',
      email: 'BOB@example.com',
      fullName: 'Bob',
      avatar,
      ...times(3),
    },
    {
      ...person,
      _id: grace,
      username: 'Grace Hopper!',
      email: 'grace@example.com',
      fullname: 'Grace Hopper',
      password: 'in clear text',
      avatar: { public_id: 'x', url: '' },
      ...times(4),
    },
    { ...person, _id: noEmail, username: 'nomail', fullName: 'No Mail', avatar, ...times(5) },
  ]);

  const videoFile = `${HOST}/video/upload/v1710000001/clip.mp4`;
  const thumbnail = `${HOST}/image/upload/v1710000002/still.jpg`;
  const video = { videoFile, thumbnail, description: 'A talk', duration: 61.5, isPublished: true };
  await db.collection('videos').insertMany([
    { ...video, _id: VIDEOS.first, title: 'First', views: 7, owner: ada, ...times(6) },
    { ...video, _id: VIDEOS.second, title: 'x'.repeat(200), views: [ada, bob], owner: bob },
    { ...video, _id: VIDEOS.hidden, title: 'Hidden', owner: ada, isPublished: false, ...times(8) },
    { ...video, _id: VIDEOS.ofNobody, title: 'Whose?', owner: gone, ...times(9) },
    { ...video, _id: VIDEOS.withoutFile, title: 'Lost', owner: ada, videoFile: null, ...times(9) },
  ]);
  await db.collection('comments').insertMany([
    {
      _id: COMMENTS.onFirst,
      content: 'Good',
      video: VIDEOS.first,
      owner: bob.toString(),
      ...times(10),
    },
    { _id: COMMENTS.onGone, content: 'Why?', video: VIDEOS.gone, owner: bob, ...times(10) },
    { _id: COMMENTS.empty, content: ' ', video: VIDEOS.first, owner: bob, ...times(10) },
  ]);
  await db.collection('tweets').insertMany([
    { _id: TWEETS.short, content: 'Hello', owner: ada, ...times(11) },
    { _id: TWEETS.long, content: '🫖'.repeat(600), owner: bob, ...times(11) },
  ]);
  await db.collection('playlists').insertOne({
    _id: PLAYLISTS.favourites,
    name: 'Favourites',
    description: 'Again and again',
    videos: [VIDEOS.second, VIDEOS.gone, VIDEOS.first, VIDEOS.second],
    owner: ada,
    ...times(12),
  });
  await db.collection('subscriptions').insertMany([
    { subscriber: bob, channel: ada, ...times(13) },
    { subscriber: bob, channel: ada, ...times(14) },
    { subscriber: ada, channel: ada, ...times(14) },
    { subscriber: grace, channel: gone, ...times(14) },
  ]);
  await db.collection('likes').insertMany([
    { video: VIDEOS.first, likedBy: bob, ...times(15) },
    { video: VIDEOS.first, likedBy: bob, ...times(16) },
    { comment: COMMENTS.onFirst, likedBy: ada, ...times(16) },
    { tweet: TWEETS.short, likedBy: grace, ...times(16) },
    { likedBy: ada, ...times(16) },
    { video: VIDEOS.first, likedBy: gone, ...times(16) },
  ]);
}
