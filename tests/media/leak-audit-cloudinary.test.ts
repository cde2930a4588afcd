import { readFileSync } from 'node:fs';
import pino from 'pino';
import { CloudinaryStore } from '../../src/services/media/cloudinary-store';
import {
  accountFields,
  registerAndLogin,
  sendLogin,
  sendRegistration,
  type SignedInAccount,
} from '../helpers/accounts';
import { expectFailure } from '../helpers/answers';
import {
  signNotification,
  startCloudinaryStub,
  STUB_DURATION_SECONDS,
  type CloudinaryStub,
} from '../helpers/cloudinary-stub';
import { fixture, sha256 } from '../helpers/fixtures';
import { abandonVideo, expectNoTempFiles, localFiles, sendVideo } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';

const ATTEMPTS = 2;

describe('publishing into Cloudinary', () => {
  let stub: CloudinaryStub;
  let server: TestServer;
  let account: SignedInAccount;

  beforeAll(async () => {
    stub = await startCloudinaryStub();
    const mediaStore = new CloudinaryStore({
      config: stub.account,
      logger: pino({ level: 'silent' }),
      agent: stub.agent,
      attempts: ATTEMPTS,
      firstDelayMilliseconds: 1,
    });
    server = await startTestServer({ mediaStore });
    account = await registerAndLogin(server);
  });
  afterAll(async () => {
    await server.stop();
    await stub.stop();
  });
  afterEach(async () => {
    await expectNoTempFiles(server);
    expect(await localFiles(server)).toEqual([]);
  });

  const contents = () => stub.assets.map(({ content }) => sha256(content)).sort();

  test('when all is right, answers the provider’s addresses and seconds', async () => {
    const answer = await sendVideo(server, account.accessToken);

    expect(answer.status).toBe(201);
    expect(answer.body.data).toMatchObject({
      videoFile: expect.stringMatching(/^https:\/\/res\.cloudinary\.com\/demo\/video\/upload\//),
      thumbnail: expect.stringMatching(/^https:\/\/res\.cloudinary\.com\/demo\/image\/upload\//),
      duration: STUB_DURATION_SECONDS,
    });
    expect(contents()).toEqual(
      [sha256('picture.png'), sha256('clip.mp4'), sha256('picture.jpg')].sort(),
    );
  });

  test('when no thumbnail is sent, shows the one that the provider cuts', async () => {
    const answer = await sendVideo(server, account.accessToken, { videoFile: 'clip.mp4' });

    expect(answer.status).toBe(201);
    expect(answer.body.data.thumbnail).toMatch(
      /^https:\/\/res\.cloudinary\.com\/demo\/video\/upload\/so_1\/.*\.jpg$/,
    );
  });

  test('when the provider refuses the thumbnail alone, answers 502 and removes the video again', async () => {
    const before = contents();
    stub.failNext({ status: 400, only: 'image' });

    const answer = await sendVideo(server, account.accessToken);

    expect([answer.status, answer.body.code]).toEqual([502, 'PROVIDER_ERROR']);
    expect(contents()).toEqual(before);
  });

  test('when the provider fails every attempt of a registration, answers 502 and makes no account', async () => {
    const before = contents();
    stub.failNext(...Array.from({ length: ATTEMPTS }, () => ({ status: 500 })));
    const fields = accountFields();

    const answer = await sendRegistration(server, { ...fields });

    expect([answer.status, answer.body.code]).toEqual([502, 'PROVIDER_ERROR']);
    expect(answer.text).not.toContain('injected fault');
    expect(contents()).toEqual(before);
    const { status } = await sendLogin(server, { email: fields.email, password: fields.password });
    expect(status).toBe(401);
  });

  test.each([0.01, 0.5, 0.99])(
    'when the client hangs up at %d of the video, sends nothing to the provider',
    async (share) => {
      const before = contents();

      await abandonVideo(server, account.accessToken, readFileSync(fixture('clip.mp4')), share);

      await expectNoTempFiles(server);
      expect(contents()).toEqual(before);
    },
  );

  test('when the provider fails once, the client does not notice', async () => {
    stub.failNext({ status: 500, only: 'video' });

    const answer = await sendVideo(server, account.accessToken);

    expect(answer.status).toBe(201);
  });

  test('a notification, when the configuration names no account to have signed it, meets 404', async () => {
    const answer = await server
      .api()
      .post('/api/v1/webhooks/cloudinary')
      .set(signNotification('{}'))
      .send('{}');

    expectFailure(answer, 404, 'NOT_FOUND');
  });

  test('readiness, when the provider answers, is 200', async () => {
    expect((await server.api().get('/readyz')).status).toBe(200);
  });
});
