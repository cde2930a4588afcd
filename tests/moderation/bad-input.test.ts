import { ModerationLog } from '../../src/models/moderation-log.model';
import { Report } from '../../src/models/report.model';
import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { expectFailure, expectInvalid } from '../helpers/answers';
import { refusedTexts } from '../helpers/hostile-texts';
import { addComment, call } from '../helpers/posts';
import { loginAs } from '../helpers/roles';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
let admin: SignedInAccount;
let videoId: string;
let commentId: string;
let reportId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
  admin = await loginAs(server, 'admin');
  videoId = await seedVideo(ada.user._id);
  commentId = (await addComment(server, ada, videoId, 'untouched'))._id;
  const body = { targetType: 'video', target: videoId, reason: 'spam' };
  reportId = (await call(server, 'post', '/reports', bob).send(body)).body.data._id;
});
afterEach(async () => {
  expect(await Report.find().lean()).toEqual([expect.objectContaining({ status: 'open' })]);
  expect(await ModerationLog.countDocuments()).toBe(0);
  expect(await Video.countDocuments({ takenDownAt: { $ne: null } })).toBe(0);
  expect(await User.countDocuments({ suspendedAt: { $ne: null } })).toBe(0);
  expect(await User.countDocuments({ role: 'admin' })).toBe(1);
});
afterAll(() => server.stop());

/** Every act, as an admin sends it, by what has to be said. */
const ACTS = {
  'take-down': () => call(server, 'post', `/moderation/videos/${videoId}/take-down`, admin),
  restore: () => call(server, 'delete', `/moderation/videos/${videoId}/take-down`, admin),
  'delete a comment': () => call(server, 'delete', `/moderation/comments/${commentId}`, admin),
  suspend: () => call(server, 'post', `/moderation/users/${bob.user._id}/suspension`, admin),
  lift: () => call(server, 'delete', `/moderation/users/${bob.user._id}/suspension`, admin),
  resolve: () => call(server, 'patch', `/moderation/reports/${reportId}`, admin),
} as const;

describe.each(['take-down', 'delete a comment', 'suspend'] as const)('%s', (act) => {
  test.each(refusedTexts(500))(
    'its reason, when it is %s, answers 400 naming it',
    async (_what, reason, code) => {
      const answer = await ACTS[act]().send({ reason });

      expectInvalid(answer, ['reason']);
      expect(answer.body.errors[0].code).toBe(code);
    },
  );
});

describe.each(['restore', 'lift'] as const)('%s', (act) => {
  test('its reason, when it is none that can be kept, answers 400 naming it', async () => {
    for (const reason of [5, null, {}, ['a'], 'x'.repeat(501), 'a\0b']) {
      expectInvalid(await ACTS[act]().send({ reason }), ['reason']);
    }
  });
});

describe.each(Object.entries(ACTS))('%s', (_act, send) => {
  test('fields, when they are not for clients to set, answer 400 naming each', async () => {
    const answer = await send().send({
      reason: 'x',
      resolution: 'upheld',
      role: 'admin',
      moderator: absentId(),
      createdAt: '2020-01-01T00:00:00.000Z',
    });

    expectFailure(answer, 400, 'VALIDATION_FAILED');
    const named = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(named).toEqual(expect.arrayContaining(['role', 'moderator', 'createdAt']));
  });
});

describe('POST /reports', () => {
  const send = (body: object) => call(server, 'post', '/reports', ada).send(body);
  const target = () => bob.user._id;

  test('fields, when they are missing, answer 400 naming each', async () => {
    expectInvalid(await send({}), ['targetType', 'target', 'reason']);
  });

  test('a field, when it is wrong, answers 400 naming it', async () => {
    const right = { targetType: 'user', target: target(), reason: 'spam' };
    for (const targetType of ['tweet', 'User', '', null, 5, ['user'], '__proto__']) {
      expectInvalid(await send({ ...right, targetType }), ['targetType']);
    }
    for (const id of ['x', '', null, 5, { $gt: '' }, [target()], `${target()}0`]) {
      expectInvalid(await send({ ...right, target: id }), ['target']);
    }
    for (const reason of ['dull', '', null, 5, ['spam'], 'constructor']) {
      expectInvalid(await send({ ...right, reason }), ['reason']);
    }
    for (const details of [5, null, {}, 'x'.repeat(1001), 'a\0b', '\u001b[31mred']) {
      expectInvalid(await send({ ...right, details }), ['details']);
    }
    expectInvalid(
      await send({ ...right, status: 'upheld', reporter: absentId(), targetOwner: absentId() }),
      ['status', 'reporter', 'targetOwner'],
    );
  });

  test('a target, when nothing of its type has this id, answers 404', async () => {
    for (const [targetType, ids, code] of [
      ['video', [absentId(), commentId, bob.user._id], 'VIDEO_NOT_FOUND'],
      ['comment', [absentId(), videoId, bob.user._id], 'COMMENT_NOT_FOUND'],
      ['user', [absentId(), videoId, commentId], 'CHANNEL_NOT_FOUND'],
    ] as const) {
      for (const id of ids) {
        const answer = await send({ targetType, target: id, reason: 'spam' });
        expectFailure(answer, 404, code);
      }
    }
  });
});

describe('PATCH /moderation/reports/:reportId', () => {
  test('a field, when it is wrong or missing, answers 400 naming it', async () => {
    expectInvalid(await ACTS.resolve().send({}), ['resolution']);
    for (const resolution of ['open', 'closed', '', null, 5, ['upheld'], { $ne: 'open' }]) {
      expectInvalid(await ACTS.resolve().send({ resolution }), ['resolution']);
    }
    for (const note of [5, null, {}, 'x'.repeat(501), 'a\0b']) {
      expectInvalid(await ACTS.resolve().send({ resolution: 'upheld', note }), ['note']);
    }
  });
});

describe('POST /moderation/users/:userId/suspension', () => {
  test('until, when it is no time or lies in the past, answers 400 naming it', async () => {
    for (const until of [
      'tomorrow',
      '',
      null,
      5,
      '2020-01-01T00:00:00.000Z',
      '2099-01-01',
      '2099-13-01T00:00:00Z',
      '+275761-01-01T00:00:00Z',
      { $gt: '' },
    ]) {
      expectInvalid(await ACTS.suspend().send({ reason: 'x', until }), ['until']);
    }
  });
});

describe('PATCH /admin/users/:userId/role', () => {
  test('a role, when it is none, answers 400 naming it', async () => {
    const send = (body: object) =>
      call(server, 'patch', `/admin/users/${bob.user._id}/role`, admin).send(body);
    for (const role of ['root', 'Admin', '', null, 2, ['admin'], { $ne: 'user' }, 'constructor']) {
      expectInvalid(await send({ role }), ['role']);
    }
    expectInvalid(await send({}), ['role']);
    expectInvalid(await send({ role: 'user', username: 'x', __v: 1 }), ['username', '__v']);
    const form = call(server, 'patch', `/admin/users/${bob.user._id}/role`, admin);
    expectInvalid(await form.type('form').send('role=user&role=admin'), ['role']);
  });
});

describe('ids in paths', () => {
  const doors = [
    ['get', '/reports/', '', 'reportId', undefined, 'REPORT_NOT_FOUND'],
    ['patch', '/moderation/reports/', '', 'reportId', { resolution: 'upheld' }, 'REPORT_NOT_FOUND'],
    ['get', '/moderation/videos/', '', 'videoId', undefined, 'VIDEO_NOT_FOUND'],
    ['post', '/moderation/videos/', '/take-down', 'videoId', { reason: 'x' }, 'VIDEO_NOT_FOUND'],
    ['delete', '/moderation/videos/', '/take-down', 'videoId', {}, 'VIDEO_NOT_FOUND'],
    ['delete', '/moderation/comments/', '', 'commentId', { reason: 'x' }, 'COMMENT_NOT_FOUND'],
    ['post', '/moderation/users/', '/suspension', 'userId', { reason: 'x' }, 'CHANNEL_NOT_FOUND'],
    ['delete', '/moderation/users/', '/suspension', 'userId', {}, 'CHANNEL_NOT_FOUND'],
    ['patch', '/admin/users/', '/role', 'userId', { role: 'moderator' }, 'CHANNEL_NOT_FOUND'],
  ] as const;

  test.each(doors)('%s %s:id%s, when the id is no id, answers 400', async (...door) => {
    const [method, start, end, field, body] = door;
    for (const id of [
      'x',
      '0'.repeat(23),
      '%00',
      `${absentId()}0`,
      '%F0%9F%8E%AC',
      '[object Object]',
    ]) {
      const sent = call(server, method, `${start}${id}${end}`, admin);
      expectInvalid(await (body ? sent.send(body) : sent), [field]);
    }
  });

  test.each(doors)('%s %s:id%s, when nothing has the id, answers 404', async (...door) => {
    const [method, start, end, , body, code] = door;
    for (const id of [absentId(), absentId()]) {
      const sent = call(server, method, `${start}${id}${end}`, admin);
      expectFailure(await (body ? sent.send(body) : sent), 404, code);
    }
  });
});

describe('lists', () => {
  const lists = ['/reports', '/moderation/reports', '/moderation/log', '/admin/users'] as const;

  test.each(lists)('%s, when paging is out of range, answers 400 naming it', async (list) => {
    for (const value of ['0', '-1', '1.5', 'NaN', '1e9', 'x', '%00']) {
      expectInvalid(await call(server, 'get', `${list}?page=${value}`, admin), ['page']);
      expectInvalid(await call(server, 'get', `${list}?limit=${value}`, admin), ['limit']);
    }
    const deep = await call(server, 'get', `${list}?page=102&limit=100`, admin);
    expectFailure(deep, 400, 'PAGE_TOO_DEEP');
    expectInvalid(await call(server, 'get', `${list}?page=1&page=2`, admin), ['page']);
  });

  test.each(lists)('%s, when a cursor is not one of its own, answers 400', async (list) => {
    const foreign = ['content 1', '2020-01-01T00:00:00.000Z', absentId()];
    for (const cursor of ['x', 'W10', Buffer.from(JSON.stringify(foreign)).toString('base64url')]) {
      const answer = await call(server, 'get', `${list}?cursor=${cursor}`, admin);
      expectFailure(answer, 400, 'INVALID_CURSOR');
      expect(answer.body.errors[0].field).toBe('cursor');
    }
    const long = await call(server, 'get', `${list}?cursor=${'x'.repeat(2001)}`, admin);
    expectInvalid(long, ['cursor']);
  });

  test.each([
    ['/moderation/reports', 'status', ['closed', 'Open', '$ne', 'open,upheld']],
    ['/moderation/reports', 'targetType', ['tweet', 'videos', '[object Object]']],
    ['/moderation/log', 'target', ['x', '0'.repeat(23), '%00', '$ne']],
    ['/admin/users', 'role', ['root', 'Admin', 'user,admin', '__proto__']],
    ['/admin/users', 'query', ['x'.repeat(201)]],
  ])('%s, when %s is none that it knows, answers 400 naming it', async (list, field, values) => {
    for (const value of values) {
      const answer = await call(server, 'get', `${list}?${field}=${value}`, admin);
      expectInvalid(answer, [field]);
    }
    const twice = await call(server, 'get', `${list}?${field}=a&${field}=b`, admin);
    expectInvalid(twice, [field]);
  });
});

coversBadInput('POST /api/v1/reports');
coversBadInput('GET /api/v1/reports');
coversBadInput('GET /api/v1/reports/:reportId');
coversBadInput('GET /api/v1/moderation/reports');
coversBadInput('PATCH /api/v1/moderation/reports/:reportId');
coversBadInput('GET /api/v1/moderation/videos/:videoId');
coversBadInput('POST /api/v1/moderation/videos/:videoId/take-down');
coversBadInput('DELETE /api/v1/moderation/videos/:videoId/take-down');
coversBadInput('DELETE /api/v1/moderation/comments/:commentId');
coversBadInput('POST /api/v1/moderation/users/:userId/suspension');
coversBadInput('DELETE /api/v1/moderation/users/:userId/suspension');
coversBadInput('GET /api/v1/moderation/log');
coversBadInput('GET /api/v1/admin/users');
coversBadInput('PATCH /api/v1/admin/users/:userId/role');
