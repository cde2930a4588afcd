import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import mongoose from 'mongoose';
import { loadConfig } from '../../src/config';
import { User } from '../../src/models/user.model';
import { sendLogin } from '../helpers/accounts';
import { startTestServer, type TestServer } from '../helpers/server';

const secret = () => randomBytes(32).toString('base64');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    ownDatabase: true,
    env: {
      NODE_ENV: 'production',
      BCRYPT_COST: '10',
      LOG_LEVEL: 'silent',
      ACCESS_TOKEN_SECRET: secret(),
      REFRESH_TOKEN_SECRET: secret(),
    },
  });
});
afterAll(() => server.stop());

test('the database, in production, takes no orders to fail', async () => {
  const admin = mongoose.connection.getClient().db('admin');

  await expect(
    admin.command({ configureFailPoint: 'failCommand', mode: 'off' }),
  ).rejects.toMatchObject({ code: 59 });
});

describe('default credentials', () => {
  test('a new server, before anybody has registered, knows nobody', async () => {
    expect(await User.countDocuments()).toBe(0);
  });

  test.each([
    ['admin', 'admin'],
    ['admin', 'password'],
    ['root', 'root'],
    ['test', 'test'],
  ])('login, as %s with %s, answers 401', async (username, password) => {
    expect((await sendLogin(server, { username, password })).status).toBe(401);
  });

  test('.env.sample, taken as it is, sets no variable', () => {
    const sample = readFileSync(path.join(__dirname, '..', '..', '.env.sample'), 'utf8');

    expect(sample.split('\n').filter((line) => /^\s*[^#\s]/.test(line))).toEqual([]);
  });

  test('.env.sample, with its secrets uncommented, is refused in production', () => {
    const sample = readFileSync(path.join(__dirname, '..', '..', '.env.sample'), 'utf8');
    const secrets = Object.fromEntries(
      [...sample.matchAll(/^# (ACCESS|REFRESH)_TOKEN_SECRET=(.*)$/gm)].map(
        ([, kind = '', value = '']) => [`${kind}_TOKEN_SECRET`, value],
      ),
    );

    expect(Object.keys(secrets)).toEqual(['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET']);
    expect(() => loadConfig({ NODE_ENV: 'production', ...secrets })).toThrow(
      /ACCESS_TOKEN_SECRET .*REFRESH_TOKEN_SECRET /,
    );
  });
});
