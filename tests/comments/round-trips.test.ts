import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { addComment, addTweet } from '../helpers/posts';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';
import { seedVideo } from '../helpers/videos';

let server: CountingServer;
let ada: SignedInAccount;
const ids: Record<string, string> = {};
beforeAll(async () => {
  server = await startCountingServer();
  ada = await registerAndLogin(server);
  const video = await seedVideo(ada.user._id);
  const comment = await addComment(server, ada, video);
  const tweet = await addTweet(server, ada);
  Object.assign(ids, { video, comment: comment._id, tweet: tweet._id, user: ada.user._id });
});
afterAll(() => server.stop());

type Method = 'get' | 'post' | 'patch';

async function commandsOf(route: string, signedIn: boolean): Promise<string[]> {
  const [method = '', path = ''] = route.split(' ');
  const address = path.replaceAll(/:(\w+)/g, (_name, kind: string) => ids[kind] ?? '');
  const test = server.api()[method.toLowerCase() as Method](`/api/v1${address}`);
  if (signedIn) test.set(bearer(ada.accessToken));
  const body = method === 'GET' || path.startsWith('/likes') ? undefined : { content: 'x' };
  const { answer, commands } = await server.countedCall(test.send(body));
  expect(answer.status).toBeLessThan(300);
  return commands;
}

describe('round trips to the database', () => {
  test.each([
    ['GET /comments/:video', ['find videos', 'aggregate comments']],
    ['GET /comments/c/:comment', ['aggregate comments']],
    ['GET /comments/c/:comment/replies', ['aggregate comments', 'aggregate comments']],
    ['GET /tweets', ['aggregate tweets']],
    ['GET /tweets/:tweet', ['aggregate tweets']],
    ['GET /tweets/user/:user', ['find users', 'aggregate tweets']],
  ])('%s, when called, asks the database no more than this', async (route, expected) => {
    expect(await commandsOf(route, false)).toEqual(expected);
    expect(await commandsOf(route, true)).toEqual(['find sessions', ...expected]);
  });

  test.each([
    ['GET /likes/videos', ['aggregate likes']],
    [
      'POST /comments/:video',
      [
        'find videos',
        'insert comments',
        'findAndModify videos',
        'update channeltallies',
        'commitTransaction',
        'aggregate comments',
      ],
    ],
    [
      'POST /comments/c/:comment/replies',
      [
        'aggregate comments',
        'insert comments',
        'update comments',
        'findAndModify videos',
        'update channeltallies',
        'commitTransaction',
        'aggregate comments',
      ],
    ],
    ['PATCH /comments/c/:comment', ['aggregate comments', 'findAndModify comments']],
    [
      'POST /likes/toggle/v/:video',
      [
        'find videos',
        'find videos',
        'delete likes',
        'insert likes',
        'findAndModify videos',
        'update channeltallies',
        'commitTransaction',
      ],
    ],
    [
      'POST /likes/toggle/c/:comment',
      [
        'aggregate comments',
        'find comments',
        'delete likes',
        'insert likes',
        'findAndModify comments',
        'commitTransaction',
      ],
    ],
    [
      'POST /likes/toggle/t/:tweet',
      ['find tweets', 'delete likes', 'insert likes', 'findAndModify tweets', 'commitTransaction'],
    ],
    ['POST /tweets', ['insert tweets', 'update users', 'commitTransaction', 'aggregate tweets']],
    ['PATCH /tweets/:tweet', ['update tweets', 'aggregate tweets']],
  ])('%s, when signed in, asks the database no more than this', async (route, expected) => {
    expect(await commandsOf(route, true)).toEqual(['find sessions', ...expected]);
  });
});
