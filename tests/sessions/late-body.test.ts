import { readFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { driverCollection } from '../../src/db/driver-collection';
import { Session } from '../../src/models/session.model';
import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import {
  accountFields,
  bearer,
  login,
  register,
  registerAndLogin,
  type SignedInAccount,
} from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { mailsTo } from '../helpers/mails';
import { expectNoTempFiles } from '../helpers/media-audit';
import { loginAs } from '../helpers/roles';
import { startTestServer, type TestServer } from '../helpers/server';
import { callSessions, statusOf } from '../helpers/sessions';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const EDGE = 'edge';
const PASSWORD = 'difference engine no. 2';

function field(name: string, value: string): string {
  return `--${EDGE}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function file(name: string, fileName: string, type: string): Buffer {
  const head =
    `--${EDGE}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\n` +
    `Content-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), readFileSync(fixture(fileName)), Buffer.from('\r\n')]);
}

/**
 * Begins to send a form and waits until its sender was let in.
 * @returns what sends the rest and tells the answer
 */
async function holdOpen(
  { accessToken }: SignedInAccount,
  method: string,
  path: string,
  first: string,
): Promise<(...rest: Buffer[]) => Promise<[status: number | undefined, code: string | undefined]>> {
  const sessionRead = jest.spyOn(driverCollection(Session), 'find');
  const request = http.request(`${server.url}/api/v1${path}`, {
    method,
    headers: { ...bearer(accessToken), 'Content-Type': `multipart/form-data; boundary=${EDGE}` },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  request.write(first);
  await eventually(() => expect(sessionRead).toHaveBeenCalledTimes(1));
  return async (...rest) => {
    for (const part of rest) request.write(part);
    request.end(`--${EDGE}--\r\n`);
    const response = await answered;
    const { code } = JSON.parse(await text(response)) as { code?: string };
    return [response.statusCode, code];
  };
}

async function signOut({ accessToken, user }: SignedInAccount): Promise<void> {
  const other = await login(server, { user, password: PASSWORD });
  dataOf(await callSessions(server, 'delete', '', other.accessToken));
  expect(await statusOf(server, accessToken)).toBe(401);
}

describe('a form that is kept open', () => {
  test('update-account, when its session ends before the form does, answers 401 and changes nothing', async () => {
    const ada = await registerAndLogin(server, { password: PASSWORD });
    const address = accountFields().email;
    const finish = await holdOpen(ada, 'PATCH', '/users/update-account', field('email', address));
    await signOut(ada);

    expect(await finish()).toEqual([401, 'TOKEN_INVALID']);

    const { pendingEmail } = await User.findById(ada.user._id).orFail().lean();
    expect(pendingEmail).toBeUndefined();
    expect(await mailsTo(server, address)).toEqual([]);
  });

  test('publish, when its session ends before the upload does, answers 401 and keeps no file', async () => {
    const ada = await registerAndLogin(server, { password: PASSWORD });
    const finish = await holdOpen(ada, 'POST', '/videos', field('title', 'Too late'));
    await signOut(ada);

    const answer = await finish(
      file('videoFile', 'clip.mp4', 'video/mp4'),
      file('thumbnail', 'picture.png', 'image/png'),
    );

    expect(answer).toEqual([401, 'TOKEN_INVALID']);
    expect(await Video.countDocuments({ owner: ada.user._id })).toBe(0);
    await expectNoTempFiles(server);
  });

  test('suspend, when the role is taken before the form ends, answers 403 and suspends nobody', async () => {
    const [moderator, ada] = [await loginAs(server, 'moderator'), await register(server)];
    const roleRead = jest.spyOn(User, 'findById');
    const path = `/moderation/users/${ada.user._id}/suspension`;
    const finish = await holdOpen(moderator, 'POST', path, field('reason', 'A grudge'));
    await eventually(() => expect(roleRead).toHaveBeenCalledTimes(1));
    await User.updateOne({ _id: moderator.user._id }, { $set: { role: 'user' } });

    expect(await finish()).toEqual([403, 'FORBIDDEN']);

    const { suspendedAt } = await User.findById(ada.user._id).orFail().lean();
    expect(suspendedAt).toBeUndefined();
  });

  test('update-account, when its session lives on, is carried out', async () => {
    const ada = await registerAndLogin(server);
    const finish = await holdOpen(ada, 'PATCH', '/users/update-account', field('fullName', 'Ada'));

    expect(await finish()).toEqual([200, undefined]);

    const { fullName } = await User.findById(ada.user._id).orFail().lean();
    expect(fullName).toBe('Ada');
  });
});
