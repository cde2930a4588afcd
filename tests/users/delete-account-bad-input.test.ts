import { bearer, registerAndLogin, sendAccountDeletion } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('DELETE /users/current-user, without a right to it', () => {
  test('delete, when the password is wrong, answers 400 WRONG_PASSWORD and deletes nothing', async () => {
    const { user, accessToken } = await registerAndLogin(server);

    const answer = await sendAccountDeletion(server, accessToken, { password: 'not my password' });

    expectFailure(answer, 400, 'WRONG_PASSWORD');
    expect(answer.body.errors).toEqual([
      { field: 'password', message: 'The password is wrong', code: 'WRONG_PASSWORD' },
    ]);
    const current = server.api().get('/api/v1/users/current-user').set(bearer(accessToken));
    expect(dataOf(await current)).toEqual(user);
  });

  test.each([
    ['password is absent', {}, ['password']],
    ['password is empty', { password: '' }, ['password']],
    ['password is an operator', { password: { $gt: '' } }, ['password']],
    ['code is an operator', { password: 'x', code: { $gt: '' } }, ['code']],
    ['a field is unknown', { password: 'x', userId: 'x' }, ['userId']],
  ])('delete, when %s, answers 400 naming the field', async (_what, body, fields) => {
    const { accessToken } = await registerAndLogin(server);

    expectInvalid(await sendAccountDeletion(server, accessToken, body), fields);
  });

  test('delete, when nobody is signed in, answers 401', async () => {
    expectFailure(
      await sendAccountDeletion(server, undefined, { password: 'x' }),
      401,
      'UNAUTHENTICATED',
    );
  });

  test('delete, when it is sent three times at once, answers one of them and 401 or 409 the others', async () => {
    const { password, accessToken } = await registerAndLogin(server);

    const answers = await Promise.all(
      [1, 2, 3].map(() => sendAccountDeletion(server, accessToken, { password })),
    );

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect(statuses.slice(1).every((status) => status === 401 || status === 409)).toBe(true);
  });
});

coversBadInput('DELETE /api/v1/users/current-user');
