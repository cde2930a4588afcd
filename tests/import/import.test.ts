import { describeStep, type StepReport } from '../../src/services/import/import-report';
import { importCourseDatabase } from '../../src/services/import/import.service';
import { reconcileCounters } from '../../src/services/reconcile/reconcile.service';
import { bearer, sendLogin } from '../helpers/accounts';
import { startCourseDatabase, type RunningCourseDatabase } from '../helpers/course-database';
import {
  COMMENTS,
  fillCourseDatabase,
  PASSWORD,
  PEOPLE,
  PLAYLISTS,
  TWEETS,
  VIDEOS,
} from '../helpers/course-documents';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
let course: RunningCourseDatabase;
let lines: string[];

async function runImport() {
  const reports: StepReport[] = [];
  const summary = await importCourseDatabase(course.db, {}, (report) => reports.push(report));
  return { summary, lines: reports.flatMap(describeStep) };
}

beforeAll(async () => {
  [server, course] = await Promise.all([startTestServer(), startCourseDatabase()]);
  await fillCourseDatabase(course.db);
  ({ lines } = await runImport());
});
afterAll(() => Promise.all([server.stop(), course.stop()]));

const get = async (path: string, token?: string) => {
  const call = server.api().get(`/api/v1${path}`);
  return (await (token === undefined ? call : call.set(bearer(token))).expect(200)).body.data;
};

async function signIn(identifier: string): Promise<string> {
  const { body } = await sendLogin(server, { email: identifier, password: PASSWORD }).expect(200);
  return body.data.accessToken;
}

describe('the import of a course database', () => {
  test('report, when documents have faults, names each kind of fault and its documents', () => {
    expect(lines).toEqual([
      'users: 5 read, 3 imported, 0 there already, 2 left out',
      `  left out: 1 × it has no valid e-mail address (${PEOPLE.noEmail.toString()})`,
      `  left out: 1 × another account has the same e-mail address, but for upper and lower case (${PEOPLE.bobInCapitals.toString()})`,
      `  changed: 1 × it has no avatar, and gets a plain one (${PEOPLE.grace.toString()})`,
      `  changed: 1 × username was made to fit (${PEOPLE.grace.toString()}: grace_hopper_)`,
      `  changed: 1 × its password is no bcrypt hash; its owner sets a new one by mail (${PEOPLE.grace.toString()})`,
      'videos: 5 read, 3 imported, 0 there already, 2 left out',
      `  left out: 1 × its owner is not there (${VIDEOS.ofNobody.toString()})`,
      `  left out: 1 × it has no address of a video file (${VIDEOS.withoutFile.toString()})`,
      `  changed: 1 × title was cut to 150 characters (${VIDEOS.second.toString()})`,
      'tweets: 2 read, 2 imported, 0 there already, 0 left out',
      `  changed: 1 × content was cut to 500 characters (${TWEETS.long.toString()})`,
      'comments: 3 read, 1 imported, 0 there already, 2 left out',
      `  left out: 1 × its video is not there (${COMMENTS.onGone.toString()})`,
      `  left out: 1 × it has no content (${COMMENTS.empty.toString()})`,
      'playlists: 1 read, 1 imported, 0 there already, 0 left out',
      `  changed: 1 × videos that are twice in it, or not there, were taken out (${PLAYLISTS.favourites.toString()})`,
      'subscriptions: 4 read, 1 imported, 0 there already, 3 left out',
      expect.stringMatching(/^ {2}left out: 1 × nobody subscribes to their own channel \(/),
      expect.stringMatching(/^ {2}left out: 1 × its channel is not there \(/),
      expect.stringMatching(
        /^ {2}left out: 1 × the same person subscribes to the same channel already \(/,
      ),
      'likes: 6 read, 3 imported, 0 there already, 3 left out',
      expect.stringMatching(/^ {2}left out: 1 × it is a like of nothing \(/),
      expect.stringMatching(/^ {2}left out: 1 × who likes is not there \(/),
      expect.stringMatching(/^ {2}left out: 1 × the same person likes the same thing already \(/),
      'watch histories: 2 read, 2 imported, 0 there already, 0 left out',
      `  changed: 1 × videos that are not there were taken out (${PEOPLE.ada.toString()})`,
    ]);
  });

  test('login, when the hash was imported, takes the old password and the address in small letters', async () => {
    const { body } = await sendLogin(server, {
      email: 'ada@example.com',
      password: PASSWORD,
    }).expect(200);

    expect(body.data.user).toMatchObject({
      _id: PEOPLE.ada.toString(),
      username: 'ada',
      email: 'ada@example.com',
      isEmailVerified: false,
      avatar: 'https://res.cloudinary.com/course/image/upload/v1710000000/faces/ada%20l.png',
      coverImage: '',
    });
  });

  test('login, when the password was no hash, is refused with it', async () => {
    const login = { email: 'grace@example.com', password: 'in clear text' };

    expect((await sendLogin(server, login)).status).toBe(401);
  });

  test('channels, after the import, have their pictures and counts', async () => {
    expect(await get('/users/c/ada')).toMatchObject({
      subscribersCount: 1,
      channelsSubscribedToCount: 0,
      videosCount: 1,
    });
    expect(await get('/users/c/grace_hopper_')).toMatchObject({
      fullName: 'Grace Hopper',
      avatar: `${server.url}/account/assets/icon.svg`,
    });
    await server.api().get('/account/assets/icon.svg').expect(200);
  });

  test('videos, after the import, keep ids, dates, views and addresses', async () => {
    expect(await get(`/videos/${VIDEOS.first.toString()}`)).toMatchObject({
      title: 'First',
      videoFile: 'https://res.cloudinary.com/course/video/upload/v1710000001/clip.mp4',
      thumbnail: 'https://res.cloudinary.com/course/image/upload/v1710000002/still.jpg',
      duration: 61.5,
      views: 8,
      likesCount: 1,
      commentsCount: 1,
      status: 'ready',
      hlsStatus: 'unavailable',
      createdAt: '2024-03-06T12:00:00.000Z',
    });
    const list = await get('/videos');
    expect(list.totalDocs).toBe(2);
    const byTitle = await get('/videos?query=FIRST');
    expect(byTitle.docs).toHaveLength(1);
  });

  test('history, after the import, has each video once, the last watched first', async () => {
    const history = await get('/users/history', await signIn('ada@example.com'));

    expect(history.map(({ _id }: { _id: string }) => _id)).toEqual([
      VIDEOS.first.toString(),
      VIDEOS.second.toString(),
    ]);
  });

  test('things that hang on others, after the import, hang where they did', async () => {
    const { docs } = await get(`/comments/${VIDEOS.first.toString()}`);
    expect(docs).toMatchObject([
      { _id: COMMENTS.onFirst.toString(), owner: { username: 'bob' }, likesCount: 1 },
    ]);
    const liked = await get('/likes/videos', await signIn('bob@example.com'));
    expect(liked.map(({ _id }: { _id: string }) => _id)).toEqual([VIDEOS.first.toString()]);
    const { videos } = await get(`/playlist/${PLAYLISTS.favourites.toString()}`);
    expect(videos.map(({ _id }: { _id: string }) => _id)).toEqual([
      VIDEOS.second.toString(),
      VIDEOS.first.toString(),
    ]);
    const [tweet] = await get(`/tweets/user/${PEOPLE.bob.toString()}`);
    expect(tweet.content).toBe('🫖'.repeat(500));
  });

  test('counters, after the import, are those of the rows', async () => {
    const { drifted } = await reconcileCounters({ fix: false }, () => undefined);

    expect(drifted).toBe(0);
  });

  test('a second import, whatever has changed since, adds what is new and touches nothing else', async () => {
    const ada = await signIn('ada@example.com');
    await server
      .api()
      .patch('/api/v1/users/update-account')
      .set(bearer(ada))
      .send({ fullName: 'Ada King' })
      .expect(200);
    await course.db
      .collection('users')
      .updateOne({ _id: PEOPLE.bobInCapitals }, { $set: { email: 'bobby@example.com' } });

    const { summary, lines: again } = await runImport();

    expect(again.filter((line) => !line.startsWith(' '))).toEqual([
      'users: 5 read, 1 imported, 3 there already, 1 left out',
      'videos: 5 read, 0 imported, 3 there already, 2 left out',
      'tweets: 2 read, 0 imported, 2 there already, 0 left out',
      'comments: 3 read, 0 imported, 1 there already, 2 left out',
      'playlists: 1 read, 0 imported, 1 there already, 0 left out',
      'subscriptions: 4 read, 0 imported, 1 there already, 3 left out',
      'likes: 6 read, 0 imported, 3 there already, 3 left out',
      'watch histories: 2 read, 0 imported, 2 there already, 0 left out',
    ]);
    expect(summary).toEqual({ leftOut: 11, counted: 0 });
    expect((await get('/users/c/ada')).fullName).toBe('Ada King');
    expect(await get('/users/history', ada)).toHaveLength(2);
  });
});
