import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import express, { type Response } from 'express';
import { describeApi } from '../../src/docs/describe-api';
import { User } from '../../src/models/user.model';
import { createUploadEntrance } from '../../src/middlewares/upload-slot.middleware';
import { UploadSlot } from '../../src/models/upload-slot.model';
import { createUploadSlots } from '../../src/services/uploads/upload-slots';
import {
  accountFields,
  bearer,
  registerAndLogin,
  sendRegistration,
  type SignedInAccount,
} from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { sendVideo } from '../helpers/media-audit';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';
import {
  announce,
  append,
  expectOffset,
  idOf,
  openPatch,
  type OpenPatch,
} from '../helpers/uploads';

const MOST = 2;
const BYTES = 1000;

let server: TestServer;
let ada: SignedInAccount;
let picture: Buffer;
beforeAll(async () => {
  server = await startTestServer({ env: { MAX_CONCURRENT_UPLOADS: String(MOST) } });
  ada = await registerAndLogin(server);
  picture = await readFile(fixture('picture.png'));
});
afterAll(() => server.stop());

const holders = async (key: string) => (await UploadSlot.findById(key).lean())?.holders.length ?? 0;
const expectHolders = (key: string, count: number) =>
  eventually(async () => expect(await holders(key)).toBe(count));

/** Begins so many uploads of Ada's and leaves each in the middle. */
async function fillSlots(count: number): Promise<OpenPatch[]> {
  const patches: OpenPatch[] = [];
  for (let started = 0; started < count; started += 1) {
    const uploadId = idOf(await announce(server, ada.accessToken, BYTES));
    const patch = openPatch(server, ada.accessToken, uploadId, { bytes: BYTES });
    patch.write(Buffer.alloc(10));
    await expectOffset(server, ada.accessToken, uploadId, 10);
    patches.push(patch);
  }
  return patches;
}

const sendAvatar = (account: SignedInAccount) =>
  server
    .api()
    .patch('/api/v1/users/avatar')
    .set(bearer(account.accessToken))
    .attach('avatar', fixture('picture.png'));

describe('the uploads of one account', () => {
  test('an upload, when as many as may be are coming in, answers 429 on every route, and others go on', async () => {
    const waiting = idOf(await announce(server, ada.accessToken, 5));
    const patches = await fillSlots(MOST);

    const refused = [
      await append(server, ada.accessToken, waiting, 0, Buffer.from('hello')),
      await sendAvatar(ada),
      await sendVideo(server, ada.accessToken),
    ];

    for (const answer of refused) {
      expectFailure(answer, 429, 'TOO_MANY_UPLOADS');
      expect(answer.headers['retry-after']).toBe('5');
    }
    const others = await registerAndLogin(server);
    await sendAvatar(others).expect(200);
    const ended = await Promise.all(patches.map((patch) => patch.end(Buffer.alloc(BYTES - 10))));
    expect(ended.map(({ status }) => status)).toEqual([204, 204]);
    await expectHolders(ada.user._id, 0);
    await append(server, ada.accessToken, waiting, 0, Buffer.from('hello')).expect(204);
  });

  test('an upload, when it was cut, refused or has failed, makes room', async () => {
    const patches = await fillSlots(MOST);
    for (const patch of patches) await patch.cut();
    await expectHolders(ada.user._id, 0);

    const uploadId = idOf(await announce(server, ada.accessToken, 5));
    await append(server, ada.accessToken, uploadId, 3, Buffer.from('x')).expect(409);
    await sendVideo(server, ada.accessToken, { videoFile: 'picture.png' }).expect(400);

    await expectHolders(ada.user._id, 0);
    await sendAvatar(ada).expect(200);
  });

  test('a slot, when its process has died, is free once it ran out', async () => {
    const soon = new Date(Date.now() + 500);
    const dead = [ada.user._id, server.config.dataDir].map((_any, index) => ({
      _id: `00000000000000000000000${index}`,
      until: soon,
    }));
    await UploadSlot.updateOne(
      { _id: ada.user._id },
      { $set: { holders: dead, expiresAt: soon } },
      { upsert: true },
    );

    expectFailure(await sendAvatar(ada), 429, 'TOO_MANY_UPLOADS');
    await eventually(async () => expect((await sendAvatar(ada)).status).toBe(200));

    expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
    await expectHolders(ada.user._id, 0);
  });

  test('slots, when many are asked for at once at two instances, are never more than may be', async () => {
    const { logger } = recordingLogger('error');
    const instances = [1, 2].map(() => createUploadSlots({ maxConcurrentUploads: 3, logger }));

    const taken = await Promise.all(
      Array.from({ length: 10 }, () => instances.map((slots) => slots.take('a test'))).flat(),
    );

    const releases = taken.filter((release) => release !== undefined);
    expect(releases).toHaveLength(3);
    expect(await holders('a test')).toBe(3);
    for (const release of releases) {
      release();
      release();
    }
    await expectHolders('a test', 0);
  });
});

describe('guests', () => {
  test('registrations, when a network has as many coming in as may be, answer 429', async () => {
    const forms = Array.from({ length: MOST }, () =>
      http.request(`${server.url}/api/v1/users/register`, {
        method: 'POST',
        headers: {
          'Content-Type': 'multipart/form-data; boundary=frontier',
          'Content-Length': '100000',
        },
      }),
    );
    for (const form of forms) {
      form.on('error', () => undefined);
      form.write('--frontier\r\n');
    }
    const total = async () =>
      (await UploadSlot.find().lean()).reduce((sum, slot) => sum + slot.holders.length, 0);
    await eventually(async () => expect(await total()).toBe(MOST));

    const refused = await sendRegistration(server, { ...accountFields() });

    expectFailure(refused, 429, 'TOO_MANY_UPLOADS');
    for (const form of forms) form.destroy();
    await eventually(async () => expect(await total()).toBe(0));
    await sendRegistration(server, { ...accountFields() }).expect(201);
  });
});

describe('createUploadEntrance', () => {
  test('uploads, when many begin at once, are let in two at a time, and those that end there make room', async () => {
    const letIn: { name: string; response: Response }[] = [];
    const app = express().post('/:name', createUploadEntrance(60_000), ({ path }, response) => {
      letIn.push({ name: path.slice(1), response });
    });
    const listening = app.listen(0);
    const { port } = listening.address() as AddressInfo;
    const names = (): string[] => letIn.map(({ name }) => name);
    const send = (name: string, type = 'multipart/form-data; boundary=frontier') => {
      const headers = { 'Content-Type': type, 'Content-Length': '100' };
      const form = http.request({ port, method: 'POST', path: `/${name}`, headers });
      form.on('error', () => undefined).flushHeaders();
      return form;
    };
    const begin = async (name: string): Promise<http.ClientRequest> => {
      const arrived = once(listening, 'request');
      const form = send(name);
      await arrived;
      return form;
    };

    const forms = [await begin('one'), await begin('two'), await begin('three')];
    forms.push(await begin('four'), send('text', 'application/json'));
    await eventually(async () => expect(names()).toEqual(['one', 'two', 'text']));

    letIn[0]?.response.sendStatus(401);
    await eventually(async () => expect(names()).toEqual(['one', 'two', 'text', 'three']));
    forms[1]?.destroy();
    await eventually(async () => expect(names()).toEqual(['one', 'two', 'text', 'three', 'four']));

    for (const form of forms) form.destroy();
    listening.closeAllConnections();
    await once(listening.close(), 'close');
  });

  test('an upload, when others were refused whose clients leave the answers waiting, is let in', async () => {
    const app = express()
      // Never answers: what is asked behind it on the same connection stays unanswered too.
      .get('/', () => undefined)
      .post('/refused', createUploadEntrance(50), (_request, response) => {
        response.sendStatus(401);
      })
      .listen(0);
    const { port } = app.address() as AddressInfo;
    const head = (method: string, path: string, more: string): string =>
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
    const form = 'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1\r\n';
    const refused = `${head('POST', '/refused', form)}x`;
    const stuck = net.connect(port);
    stuck.write(head('GET', '/', '') + refused + refused);
    await once(app, 'request');

    const { status } = await fetch(`http://localhost:${port}/refused`, {
      method: 'POST',
      body: new FormData(),
    });

    expect(status).toBe(401);
    stuck.destroy();
    app.closeAllConnections();
    await once(app.close(), 'close');
  });
});

describe('what cannot fit', () => {
  test('a form, when it is larger than what is left of the quota, answers 413 before it is read', async () => {
    const account = await registerAndLogin(server);
    const storedBytes = server.config.maxBytesPerUser - picture.length;
    await User.updateOne({ _id: account.user._id }, { $set: { storedBytes } });

    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const form = http.request(`${server.url}/api/v1/users/avatar`, {
        method: 'PATCH',
        headers: {
          ...bearer(account.accessToken),
          'Content-Type': 'multipart/form-data; boundary=frontier',
          'Content-Length': String(3 * 1024 * 1024),
        },
      });
      form.once('response', resolve);
      form.once('error', reject);
      // Nothing but the head is sent: whoever waited for the body would wait for ever.
      form.flushHeaders();
    });

    expect(answer.statusCode).toBe(413);
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    expect(JSON.parse(text)).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    answer.destroy();
  });
});

describe('every route that takes files', () => {
  const withFiles = describeApi().filter(
    ({ notes, route }) => notes.files !== undefined || route.startsWith('PATCH /api/v1/uploads'),
  );

  test.each(withFiles.map((route) => [route.route, route] as const))(
    '%s, when its stack is read, asks for a slot',
    (_name, { notes }) => {
      expect(notes.uploadSlot).toBe(true);
    },
  );
});
