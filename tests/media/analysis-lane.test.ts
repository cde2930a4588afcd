import { Worker } from 'node:worker_threads';
import { createAnalysisLane } from '../../src/services/media/analysis-lane';
import { analyzeInLanes } from '../../src/services/media/probe';

const FACTS = { width: 1, height: 1, durationSeconds: 0, codec: 'PNG', hasSound: false };
/** Instead of the size of a file: what the thread does with it. */
const FINE = 1;
const ENDLESS = 2;
const ENDING = 3;
const GREEDY = 4;
const BEYOND_THE_DISK = 5;
const UNREADABLE = 6;
const SILENT = 7;
const SCRIPT = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ size }) => {
    if (size === ${ENDLESS}) for (;;);
    if (size === ${ENDING}) process.exit(1);
    if (size === ${GREEDY}) for (const all = []; ; ) all.push(new Array(100_000).fill({}));
    if (size === ${BEYOND_THE_DISK}) require('node:fs').readSync(2 ** 31 - 1, Buffer.alloc(1));
    if (size === ${SILENT}) return;
    if (size === ${UNREADABLE}) parentPort.postMessage({ type: 'unreadable', message: 'No sound' });
    else parentPort.postMessage({ type: 'facts', facts: ${JSON.stringify(FACTS)} });
  });
  parentPort.postMessage({ type: 'ready' });
`;

const file = (size: number) => ({ descriptor: 0, size, kind: 'image' as const });

describe('an analysis lane', () => {
  let started: Worker[] = [];
  const startWorker = () => {
    const worker = new Worker(SCRIPT, {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: 8 },
    });
    started.push(worker);
    return worker;
  };
  const laneOf = (name: string, limitMilliseconds: number) =>
    createAnalysisLane({ name, limitMilliseconds, startWorker });
  const lane = laneOf('patient lane of a test', 60_000);
  beforeEach(() => (started = []));
  afterEach(() => lane.endIdle());

  test('analyze, when many files come at once, has one thread for all of them', async () => {
    const files = Array.from({ length: 20 }, () => lane.analyze(file(FINE)));

    expect(await Promise.all(files)).toEqual(Array.from({ length: 20 }, () => FACTS));
    expect(started).toHaveLength(1);
  });

  test.each([
    ['ends its thread', ENDING],
    ['wants more memory than there is', GREEDY],
  ])('analyze, when a file %s, refuses it and serves the others', async (_what, size) => {
    const bad = lane.analyze(file(size));
    const next = lane.analyze(file(FINE));

    await expect(bad).rejects.toMatchObject({
      name: 'UnreadableMediaError',
      message: 'The file cannot be read',
    });
    expect(await next).toEqual(FACTS);
    expect(started).toHaveLength(2);
  });

  test('analyze, when a file is no media, refuses it and keeps the thread', async () => {
    await expect(lane.analyze(file(UNREADABLE))).rejects.toMatchObject({
      name: 'UnreadableMediaError',
      message: 'No sound',
    });
    expect(await lane.analyze(file(FINE))).toEqual(FACTS);
    expect(started).toHaveLength(1);
  });

  test('analyze, when the disk fails, throws its error and not that the file is bad', async () => {
    await expect(lane.analyze(file(BEYOND_THE_DISK))).rejects.toMatchObject({ code: 'EBADF' });
    expect(await lane.analyze(file(FINE))).toEqual(FACTS);
  });

  test('analyze, when no thread can be started, throws why and not that the file is bad', async () => {
    const broken = createAnalysisLane({
      name: 'broken lane of a test',
      limitMilliseconds: 60_000,
      startWorker: () => new Worker(`throw new Error('not built')`, { eval: true }),
    });

    await expect(broken.analyze(file(FINE))).rejects.toMatchObject({ message: 'not built' });
  });

  test('endIdle, when a file is at work, lets it finish, then ends the thread', async () => {
    const last = lane.analyze(file(FINE));
    await lane.endIdle();
    expect(await last).toEqual(FACTS);

    await lane.endIdle();

    expect(started.map(({ threadId }) => threadId)).toEqual([-1]);
    expect(await lane.analyze(file(FINE))).toEqual(FACTS);
    expect(started).toHaveLength(2);
  });

  test('analyzeInLanes, when files take too long, answers the others before it refuses those', async () => {
    const quick = laneOf('quick lane of a test', 500);
    let giveUp = (): void => undefined;
    const givenUp = new Promise<undefined>((resolve) => (giveUp = () => resolve(undefined)));
    const lanes = [quick, { analyze: () => givenUp, endIdle: () => givenUp }];
    const slow = Promise.allSettled(
      [ENDLESS, SILENT].map((size) => analyzeInLanes(lanes, file(size))),
    );

    expect(await analyzeInLanes(lanes, file(FINE))).toEqual(FACTS);

    giveUp();
    const message = 'The file takes too long to read';
    expect(await slow).toMatchObject([{ reason: { message } }, { reason: { message } }]);
    await quick.endIdle();
    expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1, -1]);
  });
});
