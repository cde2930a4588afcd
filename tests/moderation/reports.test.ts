import { Report } from '../../src/models/report.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { addComment, call } from '../helpers/posts';
import { loginAs } from '../helpers/roles';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
let moderator: SignedInAccount;
let other: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
  moderator = await loginAs(server, 'moderator');
  other = await loginAs(server, 'moderator');
});
afterEach(() => Report.deleteMany({}));
afterAll(() => server.stop());

interface NewReport {
  targetType: string;
  target: string;
  reason?: string;
  details?: string;
}

const report = (account: SignedInAccount, { reason = 'spam', ...rest }: NewReport) =>
  call(server, 'post', '/reports', account).send({ reason, ...rest });

const queue = (query = '', account = moderator) =>
  call(server, 'get', `/moderation/reports?${query}`, account);

const resolve = (id: string, body: object, account = moderator) =>
  call(server, 'patch', `/moderation/reports/${id}`, account).send(body);

describe('POST /reports', () => {
  test('a report, when somebody makes it, is theirs to read and open in the queue', async () => {
    const target = await seedVideo(ada.user._id);

    const answer = await report(bob, { targetType: 'video', target, details: ' A <b>copy</b> ' });

    const made = dataOf(answer, 201);
    expect(made).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      targetType: 'video',
      target,
      reason: 'spam',
      details: 'A <b>copy</b>',
      status: 'open',
      createdAt: expect.any(String),
      resolvedAt: null,
    });
    expect(answer.headers.location).toBe(`/api/v1/reports/${made._id}`);
    expect(dataOf(await call(server, 'get', `/reports/${made._id}`, bob))).toEqual(made);
    expect(dataOf(await call(server, 'get', '/reports', bob))).toEqual([made]);
    expect(dataOf(await queue())).toEqual([
      expect.objectContaining({
        _id: made._id,
        reporter: expect.objectContaining({ _id: bob.user._id }),
        targetOwner: expect.objectContaining({ _id: ada.user._id, role: 'user', suspension: null }),
        video: expect.objectContaining({ _id: target }),
        comment: null,
        resolvedBy: null,
        note: '',
      }),
    ]);
  });

  test('a report of a comment or a person, when made, shows moderators what it is about', async () => {
    const comment = await addComment(server, ada, await seedVideo(bob.user._id), 'Buy my soap');
    dataOf(await report(bob, { targetType: 'comment', target: comment._id }), 201);
    dataOf(await report(bob, { targetType: 'user', target: ada.user._id }), 201);

    const [ofComment, ofPerson] = dataOf(await queue());

    expect(ofComment).toMatchObject({
      video: null,
      comment: { _id: comment._id, content: 'Buy my soap' },
      targetOwner: { _id: ada.user._id },
    });
    expect(ofPerson).toMatchObject({ video: null, comment: null, target: ada.user._id });
    expect(ofPerson.targetOwner.username).toBe(ada.user.username);
  });

  test('one’s own things, when reported by oneself, answer 400 and leave no report', async () => {
    const video = await seedVideo(ada.user._id);
    const comment = await addComment(server, ada, video);

    for (const [targetType, target] of [
      ['video', video],
      ['comment', comment._id],
      ['user', ada.user._id],
    ] as const) {
      expectFailure(await report(ada, { targetType, target }), 400, 'SELF_REPORT');
    }
    expect(await Report.countDocuments()).toBe(0);
  });

  test('a thing, when reported by one person many times at once, has one open report', async () => {
    const target = await seedVideo(ada.user._id);

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => report(bob, { targetType: 'video', target })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expectFailure(answer, 409, 'ALREADY_REPORTED');
    }
    expect(await Report.countDocuments()).toBe(1);
    dataOf(await report(moderator, { targetType: 'video', target }), 201);
  });

  test('a thing, when its first report is resolved, can be reported again', async () => {
    const target = await seedVideo(ada.user._id);
    const first = dataOf(await report(bob, { targetType: 'video', target }), 201);
    dataOf(await resolve(first._id, { resolution: 'dismissed' }));

    dataOf(await report(bob, { targetType: 'video', target, reason: 'hate' }), 201);

    const own = dataOf(await call(server, 'get', '/reports', bob));
    expect(own.map(({ status }: { status: string }) => status)).toEqual(['open', 'dismissed']);
  });

  test('what somebody cannot see, when they report it, answers 404 as if it were absent', async () => {
    const hidden = await seedVideo(ada.user._id);
    const comment = await addComment(server, ada, hidden);
    await call(server, 'patch', `/videos/toggle/publish/${hidden}`, ada).expect(200);

    expectFailure(
      await report(bob, { targetType: 'video', target: hidden }),
      404,
      'VIDEO_NOT_FOUND',
    );
    expectFailure(
      await report(bob, { targetType: 'comment', target: comment._id }),
      404,
      'COMMENT_NOT_FOUND',
    );
    expect(await Report.countDocuments()).toBe(0);
  });

  test('another’s report, when somebody asks for it, answers 404 also for moderators', async () => {
    const { _id } = dataOf(await report(bob, { targetType: 'user', target: ada.user._id }), 201);

    for (const account of [ada, moderator]) {
      const answer = await call(server, 'get', `/reports/${_id}`, account);
      expectFailure(answer, 404, 'REPORT_NOT_FOUND');
      expect(dataOf(await call(server, 'get', '/reports', account))).toEqual([]);
    }
  });
});

describe('the queue', () => {
  test('reports, when read page by page, come oldest first and each once', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const target = await seedVideo(ada.user._id);
      ids.push(dataOf(await report(bob, { targetType: 'video', target }), 201)._id);
    }
    dataOf(await report(bob, { targetType: 'user', target: ada.user._id }), 201);

    const first = await queue('limit=2&targetType=video');
    const { nextCursor } = first.body.pagination;
    const second = await queue(`limit=2&targetType=video&cursor=${nextCursor}`);
    const third = await queue('limit=2&targetType=video&page=3');

    const seen = [first, second, third].flatMap((answer) =>
      dataOf(answer).map(({ _id }: { _id: string }) => _id),
    );
    expect(seen).toEqual(ids);
    expect(third.body.pagination).toEqual({ limit: 2, hasNextPage: false, nextCursor: null });
  });

  test('a report, when resolved, leaves the queue and tells its maker what came of it', async () => {
    const { _id } = dataOf(await report(bob, { targetType: 'user', target: ada.user._id }), 201);

    const resolved = dataOf(await resolve(_id, { resolution: 'upheld', note: 'Seen it' }));

    expect(resolved).toMatchObject({
      status: 'upheld',
      note: 'Seen it',
      resolvedBy: { _id: moderator.user._id },
    });
    expect(dataOf(await queue())).toEqual([]);
    expect(dataOf(await queue('status=upheld'))).toEqual([resolved]);
    expect(dataOf(await queue('status=dismissed'))).toEqual([]);
    const own = await call(server, 'get', `/reports/${_id}`, bob);
    expect(dataOf(own)).toMatchObject({ status: 'upheld', resolvedAt: resolved.resolvedAt });
    expect(own.text).not.toContain('Seen it');
    expect(own.text).not.toContain(moderator.user._id);
  });

  test('a report, when two moderators resolve it at once, is resolved by one', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { _id } = dataOf(await report(bob, { targetType: 'user', target: ada.user._id }), 201);

      const answers = await Promise.all([
        resolve(_id, { resolution: 'upheld' }, moderator),
        resolve(_id, { resolution: 'dismissed' }, other),
      ]);

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const [winner] = answers.filter(({ status }) => status === 200);
      const [loser] = answers.filter(({ status }) => status === 409);
      expectFailure(loser!, 409, 'REPORT_RESOLVED');
      const [stored] = await Report.find({ _id }).lean();
      expect(stored).toMatchObject({ status: dataOf(winner!).status });
      expect(stored?.resolvedBy?.toString()).toBe(dataOf(winner!).resolvedBy._id);
    }
  });

  test('a report about a moderator, when they read or resolve it, hides its maker and answers 403', async () => {
    const made = dataOf(await report(bob, { targetType: 'user', target: other.user._id }), 201);

    const [seen] = dataOf(await queue('', other));
    expect(seen).toMatchObject({ _id: made._id, reporter: null });
    const answer = await resolve(made._id, { resolution: 'dismissed' }, other);
    expectFailure(answer, 403, 'FORBIDDEN');
    expect(dataOf(await queue())[0]).toMatchObject({
      status: 'open',
      reporter: { _id: bob.user._id },
    });
  });

  test('a report, when its thing is deleted, stays with nothing to show', async () => {
    const target = await seedVideo(ada.user._id);
    dataOf(await report(bob, { targetType: 'video', target }), 201);
    await call(server, 'delete', `/videos/${target}`, ada).expect(200);

    const [left] = dataOf(await queue());

    expect(left).toMatchObject({ target, video: null, targetOwner: { _id: ada.user._id } });
  });
});

coversBehaviour('POST /api/v1/reports');
coversBehaviour('GET /api/v1/reports');
coversBehaviour('GET /api/v1/reports/:reportId');
coversBehaviour('GET /api/v1/moderation/reports');
coversBehaviour('PATCH /api/v1/moderation/reports/:reportId');
