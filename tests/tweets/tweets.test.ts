import { Types } from 'mongoose';
import { Like } from '../../src/models/like.model';
import { Tweet } from '../../src/models/tweet.model';
import { User } from '../../src/models/user.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { addTweet, call, type TweetView } from '../helpers/posts';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  await Tweet.deleteMany();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
afterAll(() => server.stop());

const contents = (tweets: TweetView[]) => tweets.map(({ content }) => content);

async function list(path: string, who?: SignedInAccount): Promise<TweetView[]> {
  return dataOf(await call(server, 'get', path, who));
}

async function tweetsCount({ user }: SignedInAccount): Promise<number | undefined> {
  return (await User.findById(user._id).lean())?.tweetsCount;
}

describe('POST /tweets', () => {
  test('a tweet, when posted, is answered whole, has an address, and is counted', async () => {
    const answer = await call(server, 'post', '/tweets', ada).send({ content: '  Hello.  ' });

    const tweet = dataOf(answer, 201);
    expect(tweet).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      content: 'Hello.',
      owner: {
        _id: ada.user._id,
        username: ada.user.username,
        fullName: ada.user.fullName,
        avatar: ada.user.avatar,
      },
      likesCount: 0,
      isLiked: false,
      createdAt: expect.any(String),
      updatedAt: tweet.createdAt,
    });
    expect(answer.headers.location).toBe(`/api/v1/tweets/${tweet._id}`);
    expect(dataOf(await call(server, 'get', `/tweets/${tweet._id}`))).toEqual(tweet);
    expect(await tweetsCount(ada)).toBe(1);
  });

  test('tweets, when one person posts 50 at once, are 50 and counted as 50', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_value, index) => addTweet(server, ada, `tweet ${index}`)),
    );

    expect(await Tweet.countDocuments({ owner: ada.user._id })).toBe(50);
    expect(await tweetsCount(ada)).toBe(50);
  });

  test.each([
    ['emoji with joiners', '👩‍👩‍👧‍👦 ❤️ 🎬'],
    ['right-to-left text', '\u202bשלום עולם\u202c مرحبا'],
    ['markup', '<script>alert(1)</script> &amp;'],
    ['line breaks', 'one\n\ttwo\r\nthree'],
    ['500 emoji', '🎬'.repeat(500)],
  ])('a tweet, when it is %s, is stored and answered as it came', async (_what, content) => {
    const { _id } = await addTweet(server, ada, content);

    expect(dataOf(await call(server, 'get', `/tweets/${_id}`)).content).toBe(content);
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data'])(
    'a tweet, when sent as %s, is posted too',
    async (type) => {
      const test = call(server, 'post', '/tweets', ada);
      const answer = await (type.startsWith('multipart')
        ? test.field({ content: 'From a form' })
        : test.type('form').send({ content: 'From a form' }));

      expect(dataOf(answer, 201).content).toBe('From a form');
    },
  );
});

describe('lists of tweets', () => {
  test('GET /tweets, when several people post, holds everybody’s, newest first', async () => {
    await addTweet(server, ada, 'first');
    await addTweet(server, bob, 'second');
    await addTweet(server, ada, 'third');

    expect(contents(await list('/tweets'))).toEqual(['third', 'second', 'first']);
  });

  test('GET /tweets/user/:userId, when several people post, holds that person’s alone', async () => {
    await addTweet(server, ada, 'first');
    await addTweet(server, bob, 'second');
    await addTweet(server, ada, 'third');

    expect(contents(await list(`/tweets/user/${ada.user._id}`))).toEqual(['third', 'first']);
    expect(contents(await list(`/tweets/user/${bob.user._id}`))).toEqual(['second']);
  });

  test.each(['/tweets', '/tweets/user/'])(
    'GET %s, when one likes a tweet, says so to this person alone',
    async (path) => {
      const { _id } = await addTweet(server, ada);
      await call(server, 'post', `/likes/toggle/t/${_id}`, bob).expect(200);
      const address = path === '/tweets' ? path : `${path}${ada.user._id}`;

      const [seenByBob] = await list(address, bob);
      const [seenByAda] = await list(address, ada);
      const [seenByGuest] = await list(address);

      expect(seenByBob).toMatchObject({ isLiked: true, likesCount: 1 });
      expect(seenByAda).toMatchObject({ isLiked: false, likesCount: 1 });
      expect(seenByGuest).toMatchObject({ isLiked: false, likesCount: 1 });
    },
  );

  test('a list, when nobody has posted, is empty', async () => {
    const answer = await call(server, 'get', '/tweets');

    expect(dataOf(answer)).toEqual([]);
    expect(answer.body.pagination).toEqual({ limit: 20, hasNextPage: false, nextCursor: null });
    expect(await list(`/tweets/user/${ada.user._id}`)).toEqual([]);
  });

  test.each(['/tweets', '/tweets/user/'])(
    'GET %s, when read by number or by cursor while tweets are posted, shows each once',
    async (path) => {
      const owner = new Types.ObjectId(ada.user._id);
      await Tweet.insertMany(
        Array.from({ length: 7 }, (_value, index) => ({
          owner,
          content: `tweet ${index}`,
          createdAt: new Date(Date.UTC(2024, 0, 1, 0, Math.floor(index / 3))),
        })),
      );
      const address = path === '/tweets' ? path : `${path}${ada.user._id}`;
      const whole = contents(await list(address));
      expect(whole).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `tweet ${index}`));
      expect(contents(await list(`${address}?page=2&limit=3`))).toEqual(whole.slice(3, 6));

      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const answer = await call(server, 'get', `${address}?limit=2&cursor=${cursor}`);
        seen.push(...contents(dataOf(answer)));
        cursor = answer.body.pagination.nextCursor as string | null;
        await addTweet(server, ada, 'posted meanwhile');
      }

      expect(seen).toEqual(whole);
    },
  );
});

describe('PATCH /tweets/:tweetId', () => {
  test('a tweet, when its author changes it, is answered and read anew', async () => {
    const tweet = await addTweet(server, ada, 'before');
    await call(server, 'post', `/likes/toggle/t/${tweet._id}`, ada).expect(200);

    const answer = await call(server, 'patch', `/tweets/${tweet._id}`, ada).send({
      content: ' after ',
    });

    const changed = dataOf(answer);
    expect(changed).toEqual({
      ...tweet,
      content: 'after',
      isLiked: true,
      likesCount: 1,
      updatedAt: expect.any(String),
    });
    expect(Date.parse(changed.updatedAt)).toBeGreaterThan(Date.parse(tweet.updatedAt));
    expect(await list('/tweets', ada)).toEqual([changed]);
  });

  test('a tweet, when somebody else changes or deletes it, answers 403 and stays', async () => {
    const tweet = await addTweet(server, ada, 'mine');

    const change = await call(server, 'patch', `/tweets/${tweet._id}`, bob).send({ content: 'x' });
    const removal = await call(server, 'delete', `/tweets/${tweet._id}`, bob);

    expectFailure(change, 403, 'FORBIDDEN');
    expectFailure(removal, 403, 'FORBIDDEN');
    expect(await list('/tweets')).toEqual([expect.objectContaining({ content: 'mine' })]);
    expect(await tweetsCount(ada)).toBe(1);
    expect(await tweetsCount(bob)).toBe(0);
  });
});

describe('DELETE /tweets/:tweetId', () => {
  test('a tweet, when its author deletes it, goes with its likes and its count', async () => {
    const gone = await addTweet(server, ada, 'gone');
    const kept = await addTweet(server, ada, 'kept');
    for (const { _id } of [gone, kept]) {
      await call(server, 'post', `/likes/toggle/t/${_id}`, bob).expect(200);
    }

    expect(dataOf(await call(server, 'delete', `/tweets/${gone._id}`, ada))).toEqual({});

    expectFailure(await call(server, 'get', `/tweets/${gone._id}`), 404, 'TWEET_NOT_FOUND');
    expect(contents(await list('/tweets'))).toEqual(['kept']);
    expect(await Like.countDocuments({ target: gone._id })).toBe(0);
    expect(await Like.countDocuments({ target: kept._id })).toBe(1);
    expect(await tweetsCount(ada)).toBe(1);
  });

  test('a tweet, when it is deleted ten times at once, is taken off once', async () => {
    const { _id } = await addTweet(server, ada);
    await addTweet(server, ada);

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(server, 'delete', `/tweets/${_id}`, ada)),
    );

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(9).fill(404)]);
    expect(await tweetsCount(ada)).toBe(1);
  });
});

coversBehaviour('POST /api/v1/tweets');
coversBehaviour('GET /api/v1/tweets');
coversBehaviour('GET /api/v1/tweets/user/:userId');
coversBehaviour('GET /api/v1/tweets/:tweetId');
coversBehaviour('PATCH /api/v1/tweets/:tweetId');
coversBehaviour('DELETE /api/v1/tweets/:tweetId');
