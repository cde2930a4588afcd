import { once } from 'node:events';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import path from 'node:path';
import { Types } from 'mongoose';
import { ExportLease } from '../../src/models/export-lease.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** More than any socket buffers: an export of it waits until somebody reads on. */
const LARGE_BYTES = 64 * 1024 * 1024;

async function withLargeVideo(): Promise<SignedInAccount> {
  const account = await registerAndLogin(server);
  const name = account.user._id.padStart(32, '0');
  const publicId = `00/00/${name}.mp4`;
  const file = path.join(server.dataDir, 'media', publicId);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '');
  await truncate(file, LARGE_BYTES);
  await seedVideo(account.user._id, {
    videoFile: {
      url: `/media/${publicId}`,
      publicId,
      resourceType: 'video',
      bytes: LARGE_BYTES,
      format: 'mp4',
    },
  });
  return account;
}

/** Begins an export and reads no more than its head. */
async function beginExport(account: SignedInAccount): Promise<IncomingMessage> {
  const request = http.request(`${server.url}/api/v1/users/export`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...bearer(account.accessToken) },
  });
  request.end(JSON.stringify({ password: account.password }));
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer.pause();
}

function sendExport({ accessToken, password }: SignedInAccount) {
  return server.api().post('/api/v1/users/export').set(bearer(accessToken)).send({ password });
}

test('export, when one of the same account is running, answers 409; when that is given up, works', async () => {
  const account = await withLargeVideo();
  const running = await beginExport(account);
  expect(running.statusCode).toBe(200);

  expectFailure(await sendExport(account), 409, 'EXPORT_IN_PROGRESS');
  running.destroy();
  await eventually(async () => {
    expect(await ExportLease.countDocuments({ _id: account.user._id })).toBe(0);
  });

  const again = await beginExport(account);
  expect(again.statusCode).toBe(200);
  again.destroy();
});

test("export, when another person's is running, works", async () => {
  const running = await beginExport(await withLargeVideo());
  const other = await registerAndLogin(server);

  expect((await sendExport(other)).status).toBe(200);
  running.destroy();
});

test('export, when the password was wrong, does not keep the next one waiting', async () => {
  const account = await registerAndLogin(server);

  await sendExport({ ...account, password: 'not the password' });

  expect((await sendExport(account)).status).toBe(200);
});

test('export, when the process of the last one died, works once its lease is over', async () => {
  const account = await registerAndLogin(server);
  const lease = { _id: account.user._id, holder: new Types.ObjectId() };
  await ExportLease.create({ ...lease, expiresAt: new Date(Date.now() + 60_000) });
  expectFailure(await sendExport(account), 409, 'EXPORT_IN_PROGRESS');

  await ExportLease.updateOne({ _id: lease._id }, { expiresAt: new Date(Date.now() - 1) });

  expect((await sendExport(account)).status).toBe(200);
});
