import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
import { Tweet } from '../../src/models/tweet.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { addComment, addTweet, call } from '../helpers/posts';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id);
});
afterAll(() => server.stop());

const LIKEABLES = [
  {
    what: 'a comment',
    toggle: '/likes/toggle/c',
    show: '/comments/c',
    make: () => addComment(server, ada, videoId),
    stored: (id: string) => Comment.findById(id).lean(),
  },
  {
    what: 'a tweet',
    toggle: '/likes/toggle/t',
    show: '/tweets',
    make: () => addTweet(server, ada),
    stored: (id: string) => Tweet.findById(id).lean(),
  },
];

describe.each(LIKEABLES)('likes of $what', ({ toggle, show, make, stored }) => {
  test('a like, when toggled, comes and goes with its count, for each person apart', async () => {
    const { _id } = await make();
    const send = async (who: SignedInAccount) =>
      dataOf(await call(server, 'post', `${toggle}/${_id}`, who));

    expect(await send(ada)).toEqual({ isLiked: true, likesCount: 1 });
    expect(await send(bob)).toEqual({ isLiked: true, likesCount: 2 });
    expect(await send(ada)).toEqual({ isLiked: false, likesCount: 1 });

    const seenBy = async (who?: SignedInAccount) => {
      const { isLiked, likesCount } = dataOf(await call(server, 'get', `${show}/${_id}`, who));
      return { isLiked, likesCount };
    };
    expect(await seenBy(ada)).toEqual({ isLiked: false, likesCount: 1 });
    expect(await seenBy(bob)).toEqual({ isLiked: true, likesCount: 1 });
    expect(await seenBy()).toEqual({ isLiked: false, likesCount: 1 });
  });

  test('a like, when it counts, does not make the thing look edited', async () => {
    const { _id, updatedAt } = await make();

    await call(server, 'post', `${toggle}/${_id}`, bob).expect(200);

    expect((await stored(_id))?.updatedAt.toISOString()).toBe(updatedAt);
  });

  test('likes, when one person toggles 51 times at once, end as one row and one count', async () => {
    const { _id } = await make();

    const answers = await Promise.all(
      Array.from({ length: 51 }, () => call(server, 'post', `${toggle}/${_id}`, bob)),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(51).fill(200));
    expect((await stored(_id))?.likesCount).toBe(1);
    expect(await Like.countDocuments({ target: _id })).toBe(1);
  });
});

describe('likes of different things', () => {
  test('likes, when somebody likes a video and a comment on it, are apart', async () => {
    const { _id } = await addComment(server, ada, videoId);

    await call(server, 'post', `/likes/toggle/v/${videoId}`, bob).expect(200);
    const comment = dataOf(await call(server, 'get', `/comments/c/${_id}`, bob));

    expect(comment).toMatchObject({ isLiked: false, likesCount: 0 });
  });
});

coversBehaviour('POST /api/v1/likes/toggle/c/:commentId');
coversBehaviour('POST /api/v1/likes/toggle/t/:tweetId');
