import {
  accountFields,
  AVATAR,
  bearer,
  register,
  registerAndLogin,
  type SignedInAccount,
} from '../helpers/accounts';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';
import { seedVideo } from '../helpers/videos';

let server: CountingServer;
let ada: SignedInAccount;
let videoId: string;
beforeAll(async () => {
  server = await startCountingServer();
  ada = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id);
});
afterAll(() => server.stop());

const as = () => bearer(ada.accessToken);
const users = (path: string) => `/api/v1/users/${path}`;

describe('round trips to the database', () => {
  test.each([
    [
      'GET current-user',
      () => server.api().get(users('current-user')).set(as()),
      ['find sessions', 'find users'],
    ],
    [
      'GET c/:username, a guest',
      () => server.api().get(users(`c/${ada.user.username}`)),
      ['aggregate users'],
    ],
    [
      'GET c/:username',
      () =>
        server
          .api()
          .get(users(`c/${ada.user.username}`))
          .set(as()),
      ['find sessions', 'aggregate users'],
    ],
    [
      'GET history',
      () => server.api().get(users('history')).set(as()),
      ['find sessions', 'aggregate watchhistories'],
    ],
    [
      'POST history/:videoId',
      () =>
        server
          .api()
          .post(users(`history/${videoId}`))
          .set(as())
          .send({ progress: 1 }),
      ['find sessions', 'find videos', 'find users', 'findAndModify watchhistories'],
    ],
    [
      'PATCH update-account',
      () => server.api().patch(users('update-account')).set(as()).send({ fullName: 'Ada' }),
      ['find sessions', 'findAndModify users'],
    ],
    [
      'PATCH avatar',
      () => server.api().patch(users('avatar')).set(as()).attach('avatar', AVATAR),
      [
        'find sessions',
        'findAndModify throttles',
        // What is left of the quota, and one of the uploads that an account may have at a time.
        'find users',
        'findAndModify uploadslots',
        'update uploadslots',
        // Once more, since reading the form may have taken an hour.
        'find sessions',
        // What a crash would have to remove, until the new picture is committed.
        'insert removals',
        'delete removals',
        'findAndModify users',
        'insert removals',
        'commitTransaction',
        'find removals',
        'delete removals',
      ],
    ],
    [
      'POST change-password',
      () =>
        server
          .api()
          .post(users('change-password'))
          .set(as())
          .send({ oldPassword: ada.password, newPassword: 'difference engine no. 2' }),
      [
        'find sessions',
        'findAndModify throttles',
        'findAndModify throttles',
        'findAndModify throttles',
        'find users',
        'update users',
        'delete sessions',
        'delete accounttokens',
        'commitTransaction',
        'delete throttles',
        'findAndModify throttles',
      ],
    ],
  ])('%s, when called, asks for no more than it needs', async (_name, call, expected) => {
    const { answer, commands } = await server.countedCall(call());

    expect({ status: answer.status, commands }).toEqual({ status: 200, commands: expected });
  });

  test('POST login, when called, asks for no more than it needs', async () => {
    const { user, password } = await register(server, accountFields());
    const login = server.api().post(users('login')).send({ username: user.username, password });

    const { commands } = await server.countedCall(login);

    expect(commands).toEqual([
      // Attempts of the address, then failures of the address and of the account.
      'findAndModify throttles',
      'findAndModify throttles',
      'findAndModify throttles',
      'find users',
      // These two go out together, and so do the last two.
      'delete throttles',
      'findAndModify throttles',
      'insert sessions',
      'update users',
      'find sessions',
    ]);
  });
});
