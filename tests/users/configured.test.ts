import bcrypt from 'bcrypt';
import { User } from '../../src/models/user.model';
import { ApiError } from '../../src/utils/api-error';
import { accountFields, register, sendLogin, sendRegistration } from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { stubStore } from '../helpers/stub-store';
import { startTestServer, type TestServer } from '../helpers/server';

// Each needs a server of its own kind; a process has one database connection, so they take turns.
let server: TestServer;
afterEach(() => server.stop());

test('POST /users/login, when the stored hash is cheaper than the configured cost, renews it', async () => {
  server = await startTestServer({ env: { BCRYPT_COST: '5' } });
  const { user, password } = await register(server);
  const cheap = await bcrypt.hash(password, 4);
  await User.updateOne({ _id: user._id }, { $set: { password: cheap } });

  expect((await sendLogin(server, { username: user.username, password })).status).toBe(200);

  const stored = await User.findById(user._id).select('+password').lean();
  expect(stored?.password).toMatch(/^\$2b\$05\$/);
  expect((await sendLogin(server, { username: user.username, password })).status).toBe(200);
});

test('POST /users/register, when the media store refuses, answers its error and makes no account', async () => {
  server = await startTestServer({
    mediaStore: stubStore({
      store: () => Promise.reject(ApiError.badGateway('The media provider is away')),
    }),
  });
  const fields = accountFields();

  const answer = await sendRegistration(server, { ...fields });

  expectFailure(answer, 502, 'PROVIDER_ERROR');
  expect(await User.countDocuments({ username: fields.username })).toBe(0);
});
