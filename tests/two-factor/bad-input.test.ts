import { TwoFactor } from '../../src/models/two-factor.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { expectFailure, expectInvalid } from '../helpers/answers';
import { releaseClock, stopClock } from '../helpers/clock';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { callTwoFactor } from '../helpers/two-factor';

// A code holds for half a minute: none passes between its making and its use.
beforeEach(stopClock);
afterEach(releaseClock);

const CODE = '123456';
const RECOVERY_CODE = 'abcdef-ghijkl-mnopqr-stuvwx';

let server: TestServer;
let ada: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
});
afterAll(async () => {
  await server.stop();
});
afterEach(async () => {
  expect(await TwoFactor.countDocuments({ user: ada.user._id })).toBe(0);
});

const BAD_CODES: [string, unknown][] = [
  ['five digits', '12345'],
  ['seven digits', '1234567'],
  ['digits of another script', '١٢٣٤٥٦'],
  ['a word', 'secret'],
  ['empty', ''],
  ['a number', 123456],
  ['null', null],
  ['a list', [CODE]],
  ['an operator', { $gt: '' }],
  ['a recovery code cut short', RECOVERY_CODE.slice(1)],
  ['very long', '1'.repeat(5000)],
];

const BAD_PASSWORDS: [string, unknown][] = [
  ['empty', ''],
  ['a number', 1],
  ['null', null],
  ['a list', ['x']],
  ['an operator', { $ne: '' }],
];

describe('POST /users/two-factor, bad input', () => {
  const call = (body: object) => callTwoFactor(server, 'post', '', ada.accessToken).send(body);

  test.each(BAD_PASSWORDS)('begin, when the password is %s, names it', async (_what, password) => {
    expectInvalid(await call({ password }), ['password']);
  });

  test('begin, when there is nothing or something unknown, names it', async () => {
    expectInvalid(await call({}), ['password']);
    expectInvalid(await call({ password: 'x', secret: 'JBSWY3DPEHPK3PXP' }), ['secret']);
  });
});

describe('POST /users/two-factor/confirm, bad input', () => {
  const call = (body: object) =>
    callTwoFactor(server, 'post', '/confirm', ada.accessToken).send(body);

  test.each([...BAD_CODES, ['a recovery code', RECOVERY_CODE] as [string, unknown]])(
    'confirm, when the code is %s, names it',
    async (_what, code) => {
      expectInvalid(await call({ code }), ['code']);
    },
  );

  test('confirm, when there is nothing or something unknown, names it', async () => {
    expectInvalid(await call({}), ['code']);
    expectInvalid(await call({ code: CODE, userId: ada.user._id }), ['userId']);
  });
});

describe.each([
  ['POST /users/two-factor/recovery-codes', 'post', '/recovery-codes'],
  ['DELETE /users/two-factor', 'delete', ''],
] as const)('%s, bad input', (_route, method, path) => {
  const call = (body: object) => callTwoFactor(server, method, path, ada.accessToken).send(body);

  test.each(BAD_PASSWORDS)(
    'the call, when the password is %s, names it',
    async (_what, password) => {
      expectInvalid(await call({ password, code: CODE }), ['password']);
    },
  );

  test.each(BAD_CODES)('the call, when the code is %s, names it', async (_what, code) => {
    expectInvalid(await call({ password: ada.password, code }), ['code']);
  });

  test('the call, when there is nothing or something unknown, names it', async () => {
    expectInvalid(await call({}), ['code', 'password']);
    expectInvalid(await call({ password: 'x', code: CODE, user: 'x' }), ['user']);
  });

  test.each([CODE, RECOVERY_CODE])(
    'the call, when two-factor is off, answers 409',
    async (code) => {
      expectFailure(await call({ password: ada.password, code }), 409, 'TWO_FACTOR_OFF');
    },
  );

  test('the call, when nobody is signed in, answers 401', async () => {
    const answer = await callTwoFactor(server, method, path).send({ password: 'x', code: CODE });

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });
});

coversBadInput('POST /api/v1/users/two-factor');
coversBadInput('POST /api/v1/users/two-factor/confirm');
coversBadInput('POST /api/v1/users/two-factor/recovery-codes');
coversBadInput('DELETE /api/v1/users/two-factor');
