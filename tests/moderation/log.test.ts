import { ModerationLog } from '../../src/models/moderation-log.model';
import { Report } from '../../src/models/report.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { addComment, call } from '../helpers/posts';
import { recordingLogger } from '../helpers/recording-logger';
import { loginAs } from '../helpers/roles';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

const recorded = recordingLogger();
let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
let moderator: SignedInAccount;
let admin: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer({ logger: recorded.logger });
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
  moderator = await loginAs(server, 'moderator');
  admin = await loginAs(server, 'admin');
});
afterAll(() => server.stop());

const log = (query = '') => call(server, 'get', `/moderation/log?${query}`, admin);
const moderate = (method: 'post' | 'patch' | 'delete', path: string, body: object, id?: string) => {
  const test = call(server, method, `/moderation${path}`, moderator).send(body);
  return id ? test.set('X-Request-Id', id) : test;
};

describe('the moderation log', () => {
  test('every act, when done, is there with who, what, whom, why and by which request', async () => {
    const videoId = await seedVideo(ada.user._id);
    const comment = await addComment(server, ada, videoId);
    const report = { targetType: 'user', target: ada.user._id, reason: 'spam' };
    const { _id } = dataOf(await call(server, 'post', '/reports', bob).send(report), 201);
    const until = '2099-01-01T00:00:00.000Z';
    const reason = 'Because';
    const down = `/videos/${videoId}/take-down`;
    const suspension = `/users/${ada.user._id}/suspension`;

    dataOf(
      await moderate('patch', `/reports/${_id}`, { resolution: 'upheld', note: reason }, 'r1'),
    );
    dataOf(await moderate('post', down, { reason }, 'r2'));
    dataOf(await moderate('delete', down, { reason }, 'r3'));
    dataOf(await moderate('delete', `/comments/${comment._id}`, { reason }, 'r4'));
    dataOf(await moderate('post', suspension, { reason, until }, 'r5'));
    dataOf(await moderate('delete', suspension, { reason }, 'r6'));

    const entries = dataOf(await log());
    const common = {
      _id: expect.any(String),
      moderator: expect.objectContaining({ _id: moderator.user._id }),
      reason,
      report: null,
      suspendedUntil: null,
      fromRole: null,
      toRole: null,
      createdAt: expect.any(String),
    };
    const ofVideo = { ...common, targetType: 'video', target: videoId };
    const ofUser = { ...common, targetType: 'user', target: ada.user._id };
    expect(entries).toEqual([
      { ...ofUser, act: 'suspension-lifted', requestId: 'r6' },
      { ...ofUser, act: 'user-suspended', requestId: 'r5', suspendedUntil: until },
      {
        ...common,
        act: 'comment-deleted',
        targetType: 'comment',
        target: comment._id,
        requestId: 'r4',
      },
      { ...ofVideo, act: 'video-restored', requestId: 'r3' },
      { ...ofVideo, act: 'video-taken-down', requestId: 'r2' },
      { ...ofUser, act: 'report-upheld', requestId: 'r1', report: _id },
    ]);
    expect(dataOf(await log(`target=${videoId}`))).toEqual([entries[3], entries[4]]);
  });

  test('an act, when done, is an event of the audit trail too', async () => {
    const videoId = await seedVideo(ada.user._id);

    dataOf(await moderate('post', `/videos/${videoId}/take-down`, { reason: 'Why' }, 'audited'));

    expect(recorded.lines()).toContainEqual(
      expect.objectContaining({
        audit: true,
        event: 'moderation',
        act: 'video-taken-down',
        video: videoId,
        userId: moderator.user._id,
        requestId: 'audited',
        outcome: 'success',
      }),
    );
  });

  test('an act, when it is refused, leaves no entry', async () => {
    const before = await ModerationLog.countDocuments();

    await moderate('post', `/users/${admin.user._id}/suspension`, { reason: 'x' }).expect(403);
    await moderate('delete', `/users/${bob.user._id}/suspension`, {}).expect(409);
    await moderate('post', `/videos/${bob.user._id}/take-down`, { reason: 'x' }).expect(404);
    await moderate('delete', `/comments/${bob.user._id}`, { reason: 'x' }).expect(404);

    expect(await ModerationLog.countDocuments()).toBe(before);
  });
});

describe('an account that is deleted', () => {
  test('its reports go, what was said about it and done by it stays without its name', async () => {
    const gone = await loginAs(server, 'moderator');
    const videoId = await seedVideo(bob.user._id);
    const about = { targetType: 'user', target: gone.user._id, reason: 'spam' };
    const by = { targetType: 'video', target: videoId, reason: 'spam' };
    const aboutId = dataOf(await call(server, 'post', '/reports', bob).send(about), 201)._id;
    const byId = dataOf(await call(server, 'post', '/reports', gone).send(by), 201)._id;
    const path = `/moderation/videos/${videoId}/take-down`;
    dataOf(await call(server, 'post', path, gone).send({ reason: 'Why' }));

    const deletion = call(server, 'delete', '/users/current-user', gone);
    dataOf(await deletion.send({ password: gone.password }));

    await eventually(async () => expect(await Report.countDocuments({ _id: byId })).toBe(0));
    const [left] = dataOf(await call(server, 'get', '/moderation/reports', moderator));
    expect(left).toMatchObject({ _id: aboutId, target: gone.user._id, targetOwner: null });
    const answer = await log(`target=${videoId}`);
    expect(dataOf(answer)).toEqual([
      expect.objectContaining({ act: 'video-taken-down', moderator: null, reason: 'Why' }),
    ]);
    expect(answer.text).not.toContain(gone.user.username);
    const stored = await ModerationLog.findOne({ target: videoId }).lean();
    expect(stored?.moderator?.toString()).toBe(gone.user._id);
  });
});

coversBehaviour('GET /api/v1/moderation/log');
