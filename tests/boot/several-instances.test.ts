import cluster, { type Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedMongoDB, type EmbeddedMongoDB } from 'embedded-mongodb';
import { mongo, Types } from 'mongoose';
import { pino } from 'pino';
import request from 'supertest';
import { createWorkerSlot } from '../../src/cluster/worker-slot';
import { accountFields, bearer, type AccountFields } from '../helpers/accounts';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { runScript } from '../helpers/run-script';
import type { ServerProcess } from '../helpers/server-process';
import { loginAt, registerAt, serverRuns } from '../helpers/server-runs';

const start = serverRuns({
  CREDENTIAL_ATTEMPTS_PER_MINUTE: '100000',
  FAILED_LOGINS_PER_ACCOUNT: '6',
  VIEW_FLUSH_SECONDS: '1',
  JOB_LEASE_SECONDS: '1',
});

/** What a client of an instance that dies sees: a connection that is cut. */
type Answer = request.Response | undefined;

const cutToUndefined = (answer: request.Test): Promise<Answer> =>
  answer.then(
    (response) => response,
    () => undefined,
  );

const watch = (url: string, video: string, browser: string) =>
  request(url).get(`/api/v1/videos/${video}`).set('User-Agent', browser);

describe('three instances on one database', () => {
  let root: string;
  let engine: EmbeddedMongoDB;
  let client: mongo.MongoClient;
  let environment: Record<string, string>;
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'videotube-instances-'));
    engine = await startEmbeddedMongoDB({ dataDir: path.join(root, 'db') });
    client = await mongo.MongoClient.connect(engine.uri);
    environment = { MONGODB_URI: engine.uri, DATA_DIR: path.join(root, 'data') };
  });
  afterEach(async () => {
    await client.close();
    await engine.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function storedViews(video: string): Promise<unknown> {
    const videos = client.db('videotube').collection('videos');
    return (await videos.findOne({ _id: new Types.ObjectId(video) }))?.views;
  }

  async function expectCleanEnd(servers: readonly ServerProcess[]): Promise<void> {
    for (const server of servers) server.child.kill('SIGTERM');
    for (const server of servers) {
      expect(await server.exited()).toEqual({ code: 0, signal: null });
    }
    const [counters, media] = await Promise.all([
      runScript('reconcile', environment),
      runScript('reconcile', environment, '--media'),
    ]);
    expect(counters.stdout).toContain('every counter is right');
    expect(media.stdout).toContain('nothing is left over, and nothing is missing');
  }

  /** Sessions, their end, and wrong passwords. */
  async function expectOneMemory(urls: readonly string[], account: AccountFields): Promise<void> {
    const whoAmI = (url: string, token: string) =>
      request(url).get('/api/v1/users/current-user').set(bearer(token));
    const token = await loginAt(urls[1]!, account);
    for (const url of urls) await whoAmI(url, token).expect(200);
    await request(urls[2]!).post('/api/v1/users/logout').set(bearer(token)).expect(200);
    for (const url of urls) await whoAmI(url, token).expect(401);

    const guess = (url: string, password: string) =>
      request(url).post('/api/v1/users/login').send({ username: account.username, password });
    for (const url of [...urls, ...urls]) await guess(url, 'a wrong one').expect(401);
    for (const url of urls) await guess(url, account.password).expect(429);
  }

  test('when one is killed under load, nothing that was answered is lost, and all know the same', async () => {
    // A publisher gets 202 as soon as the files are safe: the work behind it outlives its instance.
    const servers = [0, 1, 2].map(() => start({ ...environment, PUBLISH_PATIENCE_SECONDS: '0' }));
    const urls = await Promise.all(servers.map((server) => server.ready()));
    const [first, second, doomed] = urls as [string, string, string];
    const people = Array.from({ length: 6 }, () => accountFields());
    for (const [index, person] of people.entries()) {
      expect(await registerAt(urls[index % 3]!, person)).toBe(201);
    }
    const tokens = await Promise.all(people.map((person) => loginAt(doomed, person)));
    await expectOneMemory(urls, people[5]!);
    const owner = tokens[0]!;
    const publish = (url: string, title: string) =>
      request(url)
        .post('/api/v1/videos')
        .set(bearer(owner))
        .field('title', title)
        .attach('videoFile', fixture('clip.mp4'))
        .attach('thumbnail', fixture('picture.jpg'));
    const isReady = (video: string) =>
      eventually(async () => {
        const { body } = await request(first)
          .get('/api/v1/dashboard/videos')
          .set(bearer(owner))
          .expect(200);
        expect(body.data).toContainEqual(expect.objectContaining({ _id: video, status: 'ready' }));
      });
    const video: string = (await publish(first, 'Liked').expect(202)).body.data._id;
    await isReady(video);
    // Each browser at two instances, and counted once; all of it is written after a second.
    const browsers = Array.from({ length: 30 }, (_value, index) => `browser ${index}`);
    await Promise.all(
      browsers.flatMap((browser, index) => [
        watch(urls[index % 3]!, video, browser).expect(200),
        watch(urls[(index + 1) % 3]!, video, browser).expect(200),
      ]),
    );
    await eventually(async () => expect(await storedViews(video)).toBe(30));

    const accepted: string[] = [];
    const uploads = Array.from({ length: 4 }, async (_value, index) => {
      const answer = await cutToUndefined(publish(doomed, `Upload ${index}`));
      if (answer?.status === 202 || answer?.status === 201) accepted.push(answer.body.data._id);
      servers[2]!.child.kill('SIGKILL');
    });
    const likes = tokens.map(async (token, index) => {
      const like = (url: string) =>
        request(url).post(`/api/v1/likes/toggle/v/${video}`).set(bearer(token));
      const answer = await cutToUndefined(like(urls[index % 3]!));
      if (answer) return;
      // Nobody knows whether it came through: a client looks, and asks again.
      const { body } = await watch(second, video, 'browser 0').set(bearer(token)).expect(200);
      if (!body.data.isLiked) await like(second).expect(200);
    });
    const views = Array.from({ length: 10 }, (_value, index) =>
      watch([first, second][index % 2]!, video, `late browser ${index}`).expect(200),
    );
    await Promise.all([...uploads, ...likes, ...views]);
    expect((await servers[2]!.exited()).signal).toBe('SIGKILL');

    expect(accepted.length).toBeGreaterThan(0);
    for (const upload of accepted) await isReady(upload);
    for (const token of tokens) {
      const { body } = await watch(second, video, 'browser 0').set(bearer(token)).expect(200);
      expect(body.data).toMatchObject({ isLiked: true, likesCount: 6 });
    }
    await expectCleanEnd(servers.slice(0, 2));
    // The six who liked it have looked at it too; its owner is no audience.
    expect(await storedViews(video)).toBe(30 + 10 + 5);
  });

  test('workers, when their primary is killed, drain, as their database is still there', async () => {
    const server = start({ ...environment, WEB_CONCURRENCY: '2' });
    await server.ready();
    server.child.kill('SIGKILL');
    // Once nobody holds its output any more: the workers too are gone.
    await server.exited();
    expect(server.output().stdout.match(/"msg":"stopped"/g)).toHaveLength(2);
  });
});

describe('createWorkerSlot', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  /** @param pid undefined for one that the system has not started */
  const worker = (pid?: number) => Object.assign(new EventEmitter(), { process: { pid } });

  test('when the machine cannot start a worker in its place, tries again later', async () => {
    jest.useFakeTimers();
    const [first, stillborn, last] = [worker(1), worker(), worker(2)];
    const fork = jest
      .spyOn(cluster, 'fork')
      .mockReturnValueOnce(first as unknown as Worker)
      .mockImplementationOnce(() => {
        throw new Error('spawn ENOMEM');
      })
      .mockReturnValueOnce(stillborn as unknown as Worker)
      .mockReturnValueOnce(last as unknown as Worker);
    const slot = createWorkerSlot(1, pino({ level: 'silent' }));
    const starting = slot.start();
    first.emit('message', { type: 'videotube:ready', url: 'http://localhost:1', port: 1 });
    expect(await starting).toEqual({ url: 'http://localhost:1', port: 1 });

    // It is gone, and a message to it on its way.
    first.emit('error', new Error('EPIPE'));
    first.emit('exit', null, 'SIGKILL');
    jest.runOnlyPendingTimers();
    jest.runOnlyPendingTimers();
    stillborn.emit('error', new Error('spawn EAGAIN'));
    jest.runOnlyPendingTimers();

    expect(fork).toHaveBeenCalledTimes(4);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('WEB_CONCURRENCY', () => {
  interface LogLine {
    msg: string;
    pid: number;
    worker?: number;
    url?: string;
  }
  const logOf = (server: ServerProcess): LogLine[] =>
    server
      .output()
      .stdout.split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line));
  const servingWorkers = (server: ServerProcess) =>
    logOf(server).filter(({ msg }) => msg === 'listening');
  const isGone = (pid: number) => expect(() => process.kill(pid, 0)).toThrow('ESRCH');

  test('workers, when one is killed, are two again; a stop drains them; the end of the primary ends them', async () => {
    const server = start({ WEB_CONCURRENCY: '2' });
    const url = await server.ready();
    const account = accountFields();
    expect(await registerAt(url, account)).toBe(201);
    const token = await loginAt(url, account);
    const workers = servingWorkers(server);
    expect(workers.map(({ worker }) => worker).sort()).toEqual([1, 2]);

    process.kill(workers[1]!.pid, 'SIGKILL');
    await eventually(() => {
      expect(
        servingWorkers(server)
          .map(({ worker }) => worker)
          .sort(),
      ).toEqual([1, 2, 2]);
    });
    await eventually(async () => {
      await request(url).get('/api/v1/users/current-user').set(bearer(token)).expect(200);
    });
    const { text: metrics } = await request(url).get('/metrics').expect(200);
    expect(metrics).toMatch(/^process_resident_memory_bytes\{worker="1"\} \d+$/m);
    expect(metrics).toMatch(/^process_resident_memory_bytes\{worker="2"\} \d+$/m);
    expect(metrics).toMatch(/^videotube_database_up\{kind="embedded"\} 1$/m);
    expect(metrics).toMatch(/^http_requests_in_flight 1$/m);
    server.child.kill('SIGTERM');
    expect(await server.exited()).toEqual({ code: 0, signal: null });
    expect(logOf(server).filter((line) => line.url !== undefined)).toHaveLength(1);
    const stopped = logOf(server).filter(({ msg }) => msg === 'stopped');
    expect(stopped.map(({ worker }) => worker).sort()).toEqual([1, 2, undefined]);

    const again = start({ WEB_CONCURRENCY: '2' });
    await again.ready();
    again.child.kill('SIGKILL');
    await again.exited();
    await eventually(() => servingWorkers(again).forEach(({ pid }) => isGone(pid)));
  });

  test('the server, when its workers cannot start, says why in one line', async () => {
    const server = start({ WEB_CONCURRENCY: '2', FFMPEG_PATH: '/nowhere/ffmpeg' });

    expect(await server.exited()).toEqual({ code: 1, signal: null });
    expect(server.output().stderr).toBe(
      'VideoTube cannot start: FFMPEG_PATH (/nowhere/ffmpeg): it was not found\n',
    );
  });
});
