import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { describeBadPaging, NO_IDS } from '../helpers/bad-paging';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { announce, append, CHUNK_TYPE, idOf, TUS, UPLOADS } from '../helpers/uploads';

const ABSENT = '3f1d7a90c2e84b56a1d0f9e2';

let server: TestServer;
let token: string;
let uploadId: string;
beforeAll(async () => {
  server = await startTestServer({ env: { MAX_IMAGE_BYTES: '5000', MAX_VIDEO_BYTES: '9000' } });
  ({ accessToken: token } = await registerAndLogin(server));
  uploadId = idOf(await announce(server, token, 10));
});
afterAll(() => server.stop());

const headers = (more: Record<string, string> = {}) => ({ ...TUS, ...bearer(token), ...more });
const offsetOf = async () => {
  const answer = await server.api().get(`${UPLOADS}/${uploadId}`).set(bearer(token));
  return answer.body.data.offset as number;
};

describe('POST /api/v1/uploads', () => {
  const post = (more: Record<string, string>) => server.api().post(UPLOADS).set(headers(more));

  test.each([
    ['is missing', {}],
    ['is negative', { 'Upload-Length': '-1' }],
    ['is no number', { 'Upload-Length': 'ten' }],
    ['is a fraction', { 'Upload-Length': '1.5' }],
    ['is hexadecimal', { 'Upload-Length': '0x10' }],
    ['has an exponent', { 'Upload-Length': '1e3' }],
    ['begins with a zero', { 'Upload-Length': '010' }],
    ['is given twice', { 'Upload-Length': '10, 10' }],
    ['is beyond all numbers', { 'Upload-Length': '9'.repeat(40) }],
  ])('a creation, when its Upload-Length %s, answers 400 naming it', async (_what, more) => {
    expectInvalid(await post(more), ['Upload-Length']);
  });

  test.each([
    ['a value that is no Base64', 'filename !!!'],
    ['a pair of three', 'filename YQ== YQ=='],
    ['a key twice', 'a YQ==,a YQ=='],
    ['a key that is no ASCII', 'fil\xe9 YQ=='],
    ['an empty pair', 'a YQ==,'],
    ['more than we keep', `filename ${'YWFh'.repeat(1100)}`],
  ])('a creation, when its Upload-Metadata has %s, answers 400 naming it', async (_what, text) => {
    const answer = await post({ 'Upload-Length': '10', 'Upload-Metadata': text });

    expectInvalid(answer, ['Upload-Metadata']);
  });

  test('a creation, when its Upload-Metadata is empty, answers 201 with an upload without a name', async () => {
    const answer = await post({ 'Upload-Length': '10', 'Upload-Metadata': '' });

    expect(dataOf(answer, 201)).toMatchObject({ originalName: '', kind: 'video', bytes: 10 });
    const { _id } = answer.body.data as { _id: string };
    const found = await server.api().get(`${UPLOADS}/${_id}`).set(bearer(token));
    expect(found.headers['upload-metadata']).toBeUndefined();
    await server.api().delete(`${UPLOADS}/${_id}`).set(headers());
  });

  test.each([
    ['Upload-Defer-Length', '1'],
    ['Upload-Concat', 'partial'],
    ['Upload-Checksum', 'sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0='],
  ])('a creation, when it asks for %s, answers 400 naming it', async (name, value) => {
    expectInvalid(await post({ 'Upload-Length': '10', [name]: value }), [name]);
  });

  test('a creation, when it names another version, answers 412 and says ours', async () => {
    const answer = await post({ 'Upload-Length': '10', 'Tus-Resumable': '0.2.2' });

    expectFailure(answer, 412, 'TUS_VERSION_REQUIRED');
    expect(answer.headers['tus-version']).toBe('1.0.0');
  });

  test.each([
    ['a picture', 'image/png', 5001],
    ['a video', 'video/mp4', 9001],
    ['nobody knows what', '', 9001],
  ])(
    'a creation, when it is larger than %s may be, answers 413',
    async (_what, filetype, bytes) => {
      expectFailure(await announce(server, token, bytes, { filetype }), 413, 'FILE_TOO_LARGE');
    },
  );

  test('refused creations, when the uploads are listed, have left nothing', async () => {
    const { body } = await server.api().get(UPLOADS).set(bearer(token));

    expect((body.data as { _id: string }[]).map(({ _id }) => _id)).toEqual([uploadId]);
  });
});

describe('PATCH /api/v1/uploads/:uploadId', () => {
  const patch = (more: Record<string, string>, id = uploadId) =>
    server
      .api()
      .patch(`${UPLOADS}/${id}`)
      .set(headers({ 'Content-Type': CHUNK_TYPE, ...more }))
      .send(Buffer.from('hello'));

  test.each([
    ['is missing', {}],
    ['is negative', { 'Upload-Offset': '-1' }],
    ['is no number', { 'Upload-Offset': 'start' }],
    ['is a fraction', { 'Upload-Offset': '0.5' }],
  ])('a piece, when its Upload-Offset %s, answers 400 naming it', async (_what, more) => {
    expectInvalid(await patch(more), ['Upload-Offset']);
  });

  test('a piece, when it starts elsewhere, answers 409 and changes nothing', async () => {
    expectFailure(await patch({ 'Upload-Offset': '3' }), 409, 'UPLOAD_OFFSET_MISMATCH');
    expect(await offsetOf()).toBe(0);
  });

  test('a piece, when it is longer than the file, answers 413 and changes nothing', async () => {
    const answer = await append(server, token, uploadId, 0, Buffer.alloc(11));

    expectFailure(answer, 413, 'FILE_TOO_LARGE');
    expect(await offsetOf()).toBe(0);
  });

  test.each(['text/plain', 'application/json', `${CHUNK_TYPE}; charset=x`])(
    'a piece, when its type is %s, answers 4xx and changes nothing',
    async (type) => {
      const answer = await patch({ 'Upload-Offset': '0', 'Content-Type': type });

      expect([400, 415]).toContain(answer.status);
      expect(await offsetOf()).toBe(0);
    },
  );

  test('a piece, when it does not name the version, answers 412', async () => {
    const answer = await patch({ 'Upload-Offset': '0', 'Tus-Resumable': '' });

    expectFailure(answer, 412, 'TUS_VERSION_REQUIRED');
  });

  test.each(NO_IDS)('a piece, when its id is %s, answers 400 naming it', async (id) => {
    expectInvalid(await patch({ 'Upload-Offset': '0' }, id), ['uploadId']);
  });

  test('a piece, when there is no such upload, answers 404', async () => {
    expectFailure(await patch({ 'Upload-Offset': '0' }, ABSENT), 404, 'UPLOAD_NOT_FOUND');
  });
});

describe.each(['get', 'delete'] as const)('%s /api/v1/uploads/:uploadId', (method) => {
  const call = (id: string) => server.api()[method](`${UPLOADS}/${id}`).set(headers());

  test.each(NO_IDS)('an upload, when its id is %s, answers 400 naming it', async (id) => {
    expectInvalid(await call(id), ['uploadId']);
  });

  test('an upload, when there is none of this id, answers 404', async () => {
    expectFailure(await call(ABSENT), 404, 'UPLOAD_NOT_FOUND');
  });
});

describe('bytes of a file', () => {
  test('another route, when it gets bytes of a file, answers 415', async () => {
    const answer = await server
      .api()
      .post('/api/v1/tweets')
      .set(headers({ 'Content-Type': CHUNK_TYPE }))
      .send(Buffer.from('hello'));

    expectFailure(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

describeBadPaging('GET /api/v1/uploads', (query) =>
  server.api().get(`${UPLOADS}?${query}`).set(bearer(token)),
);

coversBadInput('GET /api/v1/uploads');
coversBadInput('PATCH /api/v1/uploads/:uploadId');
coversBadInput('GET /api/v1/uploads/:uploadId');
coversBadInput('DELETE /api/v1/uploads/:uploadId');
