import { readdir, readFile } from 'node:fs/promises';
import { Types } from 'mongoose';
import { Upload } from '../../src/models/upload.model';
import { Video } from '../../src/models/video.model';
import { createUploadClaims } from '../../src/services/uploads/upload-claims';
import { createUploadFiles } from '../../src/services/uploads/upload-files';
import { sweepUploads } from '../../src/services/uploads/upload-sweeper';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';
import { announce, append, idOf, UPLOADS, uploadWhole } from '../helpers/uploads';
import { expectNoTempFiles, localFiles, sendVideo } from '../helpers/media-audit';

const ABSENT = '3f1d7a90c2e84b56a1d0f9e2';
const PICTURE_FACTS = { filename: 'Zoë.jpg', filetype: 'image/jpeg' };

let server: TestServer;
let ada: SignedInAccount;
let clip: Buffer;
let picture: Buffer;
beforeAll(async () => {
  server = await startTestServer({ env: { MAX_IMAGE_BYTES: '200000' } });
  ada = await registerAndLogin(server);
  [clip, picture] = await Promise.all([
    readFile(fixture('clip.mp4')),
    readFile(fixture('picture.jpg')),
  ]);
});
beforeEach(async () => {
  await Upload.deleteMany({});
  await Video.deleteMany({});
});
afterEach(() => expectNoTempFiles(server));
afterAll(() => server.stop());

const upload = (content: Buffer, facts?: Record<string, string>) =>
  uploadWhole(server, ada.accessToken, content, facts);
const publish = (body: object, account = ada) =>
  server
    .api()
    .post('/api/v1/videos')
    .set(bearer(account.accessToken))
    .send({ title: 'A clip', ...body });
const uploadsOf = async (account: SignedInAccount) => {
  const answer = await server.api().get(UPLOADS).set(bearer(account.accessToken));
  return (dataOf(answer) as { _id: string }[]).map(({ _id }) => _id);
};
/** Both files of a video, each by an upload of its own. */
const uploadBoth = async () => ({
  videoUpload: await upload(clip),
  thumbnailUpload: await upload(picture, PICTURE_FACTS),
});

/** Nothing was published, and the uploads wait for another try. */
async function expectUntouched(uploadIds: readonly string[]): Promise<void> {
  expect(await Video.countDocuments()).toBe(0);
  expect((await uploadsOf(ada)).sort()).toEqual([...uploadIds].sort());
  await eventually(async () => {
    const waiting = await Upload.find({ leasedUntil: { $lte: new Date() } }).lean();
    expect(waiting).toHaveLength(uploadIds.length);
  });
}

describe('POST /api/v1/videos by reference', () => {
  test('a video, when both files came as uploads, is published with their bytes', async () => {
    const uploads = await uploadBoth();

    const video = dataOf(await publish(uploads), 201);

    expect(video).toMatchObject({ title: 'A clip', status: 'ready', isPublished: true });
    const stored = await fetch(video.videoFile);
    expect(Buffer.from(await stored.arrayBuffer()).equals(clip)).toBe(true);
    expect(await uploadsOf(ada)).toEqual([]);
    await eventually(async () => expect(await readdir(server.config.uploadsDir)).toEqual([]));
  });

  test('a video, when the addresses of uploads are given, is published too', async () => {
    const { videoUpload, thumbnailUpload } = await uploadBoth();

    const answer = await publish({
      videoUpload: `${server.url}${UPLOADS}/${videoUpload}`,
      thumbnailUpload: `${UPLOADS}/${thumbnailUpload}`,
    });

    dataOf(answer, 201);
    expect(await uploadsOf(ada)).toEqual([]);
  });

  test('a form, when it brings one file and names the other, is published', async () => {
    const videoUpload = await upload(clip);

    const answer = await sendVideo(
      server,
      ada.accessToken,
      { thumbnail: 'picture.jpg' },
      { title: 'A clip', videoUpload, thumbnailUpload: '' },
    );

    dataOf(answer, 201);
    expect(await uploadsOf(ada)).toEqual([]);
  });

  test('an upload, when two requests publish it at once, is published once', async () => {
    const uploads = await uploadBoth();

    const answers = await Promise.all([publish(uploads), publish(uploads), publish(uploads)]);

    const codes = answers.map(({ status, body }) => (status === 201 ? 201 : body.code)).sort();
    expect(codes.filter((code) => code === 201)).toHaveLength(1);
    expect(
      codes.filter((code) => ![201, 'UPLOAD_IN_USE', 'UPLOAD_NOT_FOUND'].includes(code)),
    ).toEqual([]);
    expect(await Video.countDocuments()).toBe(1);
  });

  test('an upload, when its bytes were swept before its video was refused, does not come back empty', async () => {
    const uploadId = await upload(clip);
    const files = createUploadFiles(server.config.uploadsDir);
    const claims = createUploadClaims({ files, ...recordingLogger(), expirySeconds: 60 });
    const owner = new Types.ObjectId(ada.user._id);
    const claim = await claims.take(owner, new Types.ObjectId(uploadId));
    await claim.endWithin(undefined);
    await sweepUploads(files);

    await claim.restore();
    await claim.settle();

    expect(await uploadsOf(ada)).toEqual([]);
  });

  test('an upload, when it was published, is not there for another video', async () => {
    const uploads = await uploadBoth();
    await publish(uploads).expect(201);

    expectFailure(await publish(uploads), 404, 'UPLOAD_NOT_FOUND');
    expect(await Video.countDocuments()).toBe(1);
  });

  test('an upload, when it is not complete, answers 409 and goes on', async () => {
    const { thumbnailUpload } = await uploadBoth();
    const videoUpload = idOf(await announce(server, ada.accessToken, clip.length));
    await append(server, ada.accessToken, videoUpload, 0, clip.subarray(0, 1000));

    const answer = await publish({ videoUpload, thumbnailUpload });

    expectFailure(answer, 409, 'UPLOAD_INCOMPLETE');
    expect(answer.body.errors).toMatchObject([{ field: 'videoUpload' }]);
    await append(server, ada.accessToken, videoUpload, 1000, clip.subarray(1000)).expect(204);
    await publish({ videoUpload, thumbnailUpload }).expect(201);
  });

  test('an upload, when it is another person’s, is not there', async () => {
    const eve = await registerAndLogin(server);
    const uploads = await uploadBoth();

    expectFailure(await publish(uploads, eve), 404, 'UPLOAD_NOT_FOUND');
    await expectUntouched(Object.values(uploads));
  });

  test('an upload, when its content is none of a video, answers 415 and waits', async () => {
    const videoUpload = await upload(picture, { filename: 'clip.mp4', filetype: 'video/mp4' });
    const thumbnailUpload = await upload(picture, PICTURE_FACTS);

    const answer = await publish({ videoUpload, thumbnailUpload });

    expectFailure(answer, 415, 'UNSUPPORTED_FILE_TYPE');
    await expectUntouched([videoUpload, thumbnailUpload]);
  });

  test('an upload, when it is cut short by its client, answers 415 and waits', async () => {
    const videoUpload = await upload(await readFile(fixture('truncated.mp4')));
    const thumbnailUpload = await upload(picture, PICTURE_FACTS);

    expectFailure(await publish({ videoUpload, thumbnailUpload }), 415, 'UNREADABLE_FILE');
    await expectUntouched([videoUpload, thumbnailUpload]);
  });

  test('an upload, when it is larger than its kind may be, answers 413 and waits', async () => {
    const large = Buffer.concat([picture, Buffer.alloc(200_000)]);
    const thumbnailUpload = await upload(large, { filename: 'a.jpg', filetype: 'video/mp4' });
    const videoUpload = await upload(clip);

    const answer = await publish({ videoUpload, thumbnailUpload });

    expectFailure(answer, 413, 'FILE_TOO_LARGE');
    expect(answer.body.errors).toMatchObject([{ field: 'thumbnail' }]);
    await expectUntouched([videoUpload, thumbnailUpload]);
  });

  test('an upload, when it has no bytes, answers 400 and waits', async () => {
    const videoUpload = idOf(await announce(server, ada.accessToken, 0));
    const thumbnailUpload = await upload(picture, PICTURE_FACTS);

    expectFailure(await publish({ videoUpload, thumbnailUpload }), 400, 'FILE_EMPTY');
    await expectUntouched([videoUpload, thumbnailUpload]);
  });

  test('texts, when they are wrong, answer 400 and the uploads wait', async () => {
    const uploads = await uploadBoth();

    expectInvalid(await publish({ ...uploads, title: '' }), ['title']);
    await expectUntouched(Object.values(uploads));
    await publish(uploads).expect(201);
  });

  test('a body, when it names one upload where two are required, answers 400 naming the other', async () => {
    const videoUpload = await upload(clip);

    const answer = await publish({ videoUpload });

    expectFailure(answer, 400, 'FILE_REQUIRED');
    expect(answer.body.errors).toMatchObject([{ field: 'thumbnail' }]);
    await expectUntouched([videoUpload]);
  });

  test('a form, when it brings a file and names another in its place, answers 400', async () => {
    const videoUpload = await upload(clip);

    const answer = await sendVideo(server, ada.accessToken, undefined, {
      title: 'A clip',
      videoUpload,
    });

    expectInvalid(answer, ['videoUpload']);
    await expectUntouched([videoUpload]);
  });

  test.each([
    'x',
    '../../etc/passwd',
    `/api/v1/uploads/${ABSENT}/..`,
    `javascript:${ABSENT}`,
    { $ne: null },
    12,
    [ABSENT],
  ])('a reference, when it is %j, answers 400 naming it', async (videoUpload) => {
    expectInvalid(await publish({ videoUpload, thumbnailUpload: ABSENT }), ['videoUpload']);
  });

  test('a reference, when there is no such upload, answers 404 naming it', async () => {
    const videoUpload = await upload(clip);

    const answer = await publish({ videoUpload, thumbnailUpload: ABSENT });

    expectFailure(answer, 404, 'UPLOAD_NOT_FOUND');
    expect(answer.body.errors).toMatchObject([{ field: 'thumbnailUpload' }]);
    await expectUntouched([videoUpload]);
  });
});

describe('PATCH /api/v1/videos/:videoId by reference', () => {
  test('a thumbnail, when it came as an upload, replaces the old one', async () => {
    const video = dataOf(await publish(await uploadBoth()), 201);
    const before = await localFiles(server);
    const thumbnailUpload = await upload(picture, PICTURE_FACTS);

    const answer = await server
      .api()
      .patch(`/api/v1/videos/${video._id}`)
      .set(bearer(ada.accessToken))
      .send({ thumbnailUpload });

    const changed = dataOf(answer);
    expect(changed.thumbnail).not.toBe(video.thumbnail);
    const stored = await fetch(changed.thumbnail);
    expect(Buffer.from(await stored.arrayBuffer()).equals(picture)).toBe(true);
    expect(await uploadsOf(ada)).toEqual([]);
    await eventually(async () => expect(await localFiles(server)).toHaveLength(before.length));
  });

  test('a thumbnail, when its upload is a film, answers 415, and the old one stays', async () => {
    const video = dataOf(await publish(await uploadBoth()), 201);
    const thumbnailUpload = await upload(clip);

    const answer = await server
      .api()
      .patch(`/api/v1/videos/${video._id}`)
      .set(bearer(ada.accessToken))
      .send({ thumbnailUpload });

    expectFailure(answer, 415, 'UNSUPPORTED_FILE_TYPE');
    expect(await uploadsOf(ada)).toEqual([thumbnailUpload]);
  });
});
