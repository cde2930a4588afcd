import { Types } from 'mongoose';
import { ModerationLog } from '../../src/models/moderation-log.model';
import { Report } from '../../src/models/report.model';
import { User } from '../../src/models/user.model';
import { actList } from '../../src/services/moderation/moderation-log.service';
import { reportList } from '../../src/services/moderation/report-queue.service';
import { arrayPageStages, type ArrayList } from '../../src/services/paging/array-page';
import { encodePosition } from '../../src/services/paging/keyset-order';
import { ownReportList } from '../../src/services/report.service';
import { accountList } from '../../src/services/role.service';
import { costOf } from '../helpers/query-cost';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedUsers } from '../helpers/users';

const LIMIT = 20;
const ROWS = 600;
const reporter = new Types.ObjectId();
const viewer = new Types.ObjectId();
const target = new Types.ObjectId();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  // Two rows of a list share a time, so that the id has to decide.
  const createdAt = (index: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, index % 300));
  await Report.insertMany(
    Array.from({ length: ROWS * 2 }, (_value, index) => ({
      reporter: index % 2 === 0 ? reporter : new Types.ObjectId(),
      targetType: (['video', 'comment'] as const)[index % 2],
      target: new Types.ObjectId(),
      reason: 'spam',
      status: (['open', 'open', 'open', 'upheld'] as const)[index % 4],
      createdAt: createdAt(index),
    })),
  );
  await ModerationLog.insertMany(
    Array.from({ length: ROWS }, (_value, index) => ({
      moderator: viewer,
      act: 'video-taken-down',
      targetType: 'video',
      target: index % 2 === 0 ? target : new Types.ObjectId(),
      createdAt: createdAt(index),
    })),
  );
  await seedUsers(ROWS / 2);
  await seedUsers(ROWS / 2, { role: 'moderator' });
}, 60_000);
afterAll(() => server.stop());

const LISTS: [string, typeof Report | typeof ModerationLog | typeof User, ArrayList][] = [
  ['open reports', Report, reportList({ status: 'open' }, viewer)],
  ['open reports of videos', Report, reportList({ status: 'open', targetType: 'video' }, viewer)],
  ['upheld reports', Report, reportList({ status: 'upheld' }, viewer)],
  ['one’s own reports', Report, ownReportList(reporter)],
  ['the moderation log', ModerationLog, actList(undefined)],
  ['the moderation log of one thing', ModerationLog, actList(target)],
  ['accounts', User, accountList({})],
  ['accounts with a role', User, accountList({ role: 'moderator' })],
  ['accounts named so', User, accountList({ query: 'seeded_' })],
  ['accounts named so with a role', User, accountList({ query: 'seeded_', role: 'moderator' })],
];

describe('the cost of a page', () => {
  test.each(LISTS)(
    '%s, when read from the top, reads one page of keys',
    async (_w, model, list) => {
      const cost = await costOf(
        model as typeof Report,
        arrayPageStages(list, { page: 1, limit: LIMIT }),
      );

      expect(cost).toMatchObject({ keys: LIMIT + 1, documents: LIMIT + 1 });
      expect(cost.stages).toContain('IXSCAN');
      expect(cost.stages).not.toContain('SORT');
    },
  );

  test.each(LISTS)(
    '%s, when read from a cursor on, reads one page of keys',
    async (_w, model, list) => {
      const [row] = await (model as typeof Report).aggregate(
        arrayPageStages({ ...list, joins: [] }, { page: 201, limit: 1 }),
      );
      const cursor = encodePosition(list.order, row);

      const cost = await costOf(
        model as typeof Report,
        arrayPageStages(list, { page: 1, limit: LIMIT, cursor }),
      );

      // Two ranges are merged, each read one key ahead; or the planner passes over the rows that share
      // the cursor's own time.
      expect(cost.keys).toBeLessThanOrEqual(LIMIT + 4);
      expect(cost.documents).toBeLessThanOrEqual(LIMIT + 4);
      expect(cost.stages).not.toContain('COLLSCAN');
      expect(cost.stages).not.toContain('SORT');
    },
  );

  test('accounts, when searched by a whole address, read the one key that has it', async () => {
    const [{ email } = { email: '' }] = await User.find().limit(1).lean();

    const list = accountList({ query: email });
    const cost = await costOf(User, arrayPageStages(list, { page: 1, limit: LIMIT }));

    expect(cost).toMatchObject({ keys: 1, documents: 1 });
  });

  test('whether a thing was reported, when asked, reads one key', async () => {
    const one = await Report.findOne().lean();
    const cost = await costOf(Report, [
      { $match: { target: one?.target, targetType: one?.targetType } },
      { $limit: 1 },
    ]);

    expect(cost).toMatchObject({ keys: 1 });
    expect(cost.stages).not.toContain('COLLSCAN');
  });
});
