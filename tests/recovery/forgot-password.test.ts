import type { Response } from 'supertest';
import { AccountToken } from '../../src/models/account-token.model';
import { accountFields, register } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { mailsIn, mailsTo, mailTo, SUBJECTS, tokenIn } from '../helpers/mails';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';

let server: CountingServer;
beforeAll(async () => {
  server = await startCountingServer({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => server.stop());

const ADDRESS = '/api/v1/users/forgot-password';

function forgot(email: unknown) {
  return server.api().post(ADDRESS).send({ email });
}

/** What an answer says, but for what differs between any two answers. */
function sayings({ status, body, headers }: Response) {
  // What is left of the caller's own budget goes down with every call, whoever is asked for.
  const differing = ['date', 'x-request-id', 'ratelimit', 'ratelimit-remaining', 'ratelimit-reset'];
  const others = Object.entries(headers).filter(([name]) => !differing.includes(name));
  return { status, body, headers: Object.fromEntries(others) };
}

describe('POST /users/forgot-password', () => {
  test('forgot-password, when somebody has the address, sends a link there that is of the configured address', async () => {
    const { user } = await register(server);

    const answer = await forgot(` ${user.email.toUpperCase()} `);

    expect(dataOf(answer)).toEqual({});
    const mail = await mailTo(server, user.email, SUBJECTS.reset);
    expect(mail.text).toContain(`\n${server.url}/account/reset-password#token=${tokenIn(mail)}\n`);
    expect(mail.source).toMatch(/^From: VideoTube <no-reply@localhost>$/m);
    expect(mail.source).toMatch(/^Auto-Submitted: auto-generated$/m);
  });

  test('forgot-password, when nobody has the address, answers the same, sends nothing and keeps nothing', async () => {
    const { user } = await register(server);
    const { email } = accountFields();

    const unknown = await forgot(email);
    const known = await forgot(user.email);

    expect(sayings(unknown)).toEqual(sayings(known));
    await mailTo(server, user.email, SUBJECTS.reset);
    expect(await mailsTo(server, email)).toEqual([]);
    expect(await AccountToken.countDocuments({ email })).toBe(0);
  });

  test('forgot-password, when measured up to its answer, does the same work for a known and an unknown address', async () => {
    const { user } = await register(server);

    const known = await server.countedCall(forgot(user.email));
    const unknown = await server.countedCall(forgot(accountFields().email));

    expect(known.commandsBeforeAnswer).toEqual([
      'findAndModify throttles',
      'findAndModify throttles',
    ]);
    expect(unknown.commandsBeforeAnswer).toEqual(known.commandsBeforeAnswer);
    // Only what comes after it differs.
    await eventually(() => expect(known.commands).toContain('update accounttokens'));
    expect(unknown.commands).not.toContain('update accounttokens');
  });

  test('forgot-password, when the request names another host, links to the configured one', async () => {
    const { user } = await register(server);

    const answer = await forgot(user.email)
      .set('Host', 'evil.example')
      .set('X-Forwarded-Host', 'evil.example')
      .set('X-Forwarded-Proto', 'https')
      .set('Forwarded', 'host=evil.example;proto=https')
      .set('Origin', 'https://evil.example')
      .set('Referer', 'https://evil.example/');

    dataOf(answer);
    const mail = await mailTo(server, user.email, SUBJECTS.reset);
    expect(mail.text).toContain(`\n${server.url}/account/reset-password#token=`);
    expect(mail.source).not.toContain('evil');
  });

  test('forgot-password, when two ask for one person at once, leaves one link that works', async () => {
    const { user } = await register(server);

    await Promise.all([forgot(user.email), forgot(user.email)]);

    const second = await mailTo(server, user.email, SUBJECTS.reset, 2);
    const first = await mailTo(server, user.email, SUBJECTS.reset, 1);
    expect(await AccountToken.countDocuments({ user: user._id, purpose: 'reset-password' })).toBe(
      1,
    );
    const answers = [];
    for (const mail of [first, second]) {
      answers.push(
        await server
          .api()
          .post('/api/v1/users/reset-password')
          .send({ token: tokenIn(mail), newPassword: 'difference engine no. 2' }),
      );
    }
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  test('forgot-password, when it comes as a form, is the same', async () => {
    const answer = await server
      .api()
      .post(ADDRESS)
      .type('form')
      .send({ email: accountFields().email });

    expect(dataOf(answer)).toEqual({});
  });
});

describe('POST /users/forgot-password, too often', () => {
  test.each(['known', 'unknown'])(
    'forgot-password, when one %s address is asked for six times from anywhere, answers 429 with Retry-After and sends no more',
    async (kind) => {
      const email = kind === 'known' ? (await register(server)).user.email : accountFields().email;
      for (let count = 1; count <= 5; count += 1) dataOf(await forgot(email));

      const answer = await forgot(email).set('X-Forwarded-For', '203.0.113.9');

      expectFailure(answer, 429, 'TOO_MANY_REQUESTS');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(60);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(900);
      if (kind === 'known') {
        // The last link still works: using up somebody's mails does not lock them out.
        const last = await mailTo(server, email, SUBJECTS.reset, 5);
        const token = tokenIn(last);
        dataOf(
          await server
            .api()
            .post('/api/v1/users/reset-password')
            .send({ token, newPassword: 'difference engine no. 2' }),
        );
        await mailTo(server, email, SUBJECTS.wasReset);
        expect(await mailsTo(server, email, SUBJECTS.reset)).toHaveLength(5);
      }
    },
  );
});

describe('POST /users/forgot-password, bad input', () => {
  test.each([
    ['there is nothing', {}, 'email'],
    ['email has no @', { email: 'ada' }, 'email'],
    ['email is two addresses', { email: 'a@example.com,b@example.com' }, 'email'],
    ['email has a line break', { email: 'a@example.com\r\nBcc: b@example.com' }, 'email'],
    ['email is an operator', { email: { $ne: null } }, 'email'],
    ['email is a list', { email: ['a@example.com'] }, 'email'],
    ['a link is sent', { email: 'a@example.com', url: 'https://evil.example' }, 'url'],
  ])('forgot-password, when %s, answers 400 naming the field', async (_what, body, field) => {
    const before = (await mailsIn(server)).length;

    expectInvalid(await server.api().post(ADDRESS).send(body), [field]);

    expect(await mailsIn(server)).toHaveLength(before);
  });
});

coversBehaviour('POST /api/v1/users/forgot-password');
coversBadInput('POST /api/v1/users/forgot-password');
