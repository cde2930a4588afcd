import { User } from '../../src/models/user.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { addComment, call } from '../helpers/posts';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';
import { seedUser } from '../helpers/users';
import { seedVideo } from '../helpers/videos';

let server: CountingServer;
let admin: SignedInAccount;
beforeAll(async () => {
  server = await startCountingServer();
  admin = await registerAndLogin(server);
  await User.updateOne({ _id: admin.user._id }, { $set: { role: 'admin' } });
});
afterAll(() => server.stop());

/** Who is calling, and their role. */
const GUARD = ['find sessions', 'find users'];

describe('round trips to the database', () => {
  test.each([
    ['GET /moderation/reports', '/moderation/reports', 'aggregate reports'],
    ['GET /moderation/log', '/moderation/log', 'aggregate moderationlogs'],
    ['GET /admin/users', '/admin/users', 'aggregate users'],
  ])('%s, when called, asks once beside the guard', async (_route, path, list) => {
    const { commands } = await server.countedCall(call(server, 'get', path, admin));

    expect(commands).toEqual([...GUARD, list]);
  });

  test('POST /reports, when called, looks at the thing and writes once', async () => {
    const target = await seedVideo(await seedUser());
    const test = call(server, 'post', '/reports', admin);

    const { commands } = await server.countedCall(
      test.send({ targetType: 'video', target, reason: 'spam' }),
    );

    expect(commands).toEqual(['find sessions', 'find videos', 'insert reports']);
  });

  test('POST take-down, when called, is one transaction between two looks', async () => {
    const videoId = await seedVideo(await seedUser());
    await addComment(server, admin, videoId);
    const test = call(server, 'post', `/moderation/videos/${videoId}/take-down`, admin);

    const { commands } = await server.countedCall(test.send({ reason: 'Why' }));

    expect(commands).toEqual([
      ...GUARD,
      'find videos',
      'findAndModify videos',
      'insert moderationlogs',
      'update users',
      'update videotallies',
      'commitTransaction',
      'find videos',
      'aggregate videos',
    ]);
  });

  test('POST suspension, when called, is one transaction', async () => {
    const userId = (await seedUser()).toString();
    const test = call(server, 'post', `/moderation/users/${userId}/suspension`, admin);

    const { commands } = await server.countedCall(test.send({ reason: 'Why' }));

    expect(commands).toEqual([
      ...GUARD,
      'findAndModify users',
      'delete sessions',
      'insert moderationlogs',
      'commitTransaction',
    ]);
  });
});
