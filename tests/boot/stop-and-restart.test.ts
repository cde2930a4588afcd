import { readFile } from 'node:fs/promises';
import http from 'node:http';
import request from 'supertest';
import { accountFields, AVATAR, bearer } from '../helpers/accounts';
import { eventually } from '../helpers/eventually';
import { loginAt, publishAt, registerAt, serverRuns } from '../helpers/server-runs';

const start = serverRuns({ CREDENTIAL_ATTEMPTS_PER_MINUTE: '100000' });

const CREDENTIALS = accountFields({ username: 'boot_tester', email: 'boot@example.com' });

/** Begins a registration and holds its last byte back; `finish` sends it and reads the answer. */
async function beginRegistration(url: string) {
  const boundary = 'frontier';
  const fields = Object.entries(accountFields())
    .map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join('');
  const head = `${fields}--${boundary}\r\nContent-Disposition: form-data; name="avatar"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`;
  const body = Buffer.concat([
    Buffer.from(head),
    await readFile(AVATAR),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const form = http.request(`${url}/api/v1/users/register`, {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': body.length,
    },
  });
  const status = new Promise<number>((resolve, reject) => {
    form.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    form.on('error', reject);
  });
  // Whoever is interested in a broken connection awaits `finish`.
  status.catch(() => undefined);
  await new Promise((resolve) => form.write(body.subarray(0, -1), resolve));
  // A second request on its own connection proves that the first is being handled by now.
  await request(url).get('/api/v1/healthcheck').expect(200);
  return {
    finish: () => {
      form.end(body.subarray(-1));
      return status;
    },
  };
}

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'the server, when it gets %s, answers what is in flight, takes nothing new, exits 0',
    async (signal) => {
      const server = start();
      const url = await server.ready();
      const inFlight = await beginRegistration(url);

      server.child.kill(signal);
      await eventually(() => expect(server.output().stdout).toContain('"msg":"stopping"'));
      const status = await inFlight.finish();

      expect(status).toBe(201);
      expect(await server.exited()).toEqual({ code: 0, signal: null });
      await expect(fetch(`${url}/api/v1/healthcheck`)).rejects.toThrow();
    },
  );

  test('the server, when a request outlasts the deadline, cuts it and exits 0', async () => {
    const server = start({ SHUTDOWN_DEADLINE_SECONDS: '1' });
    const url = await server.ready();
    const stuck = await beginRegistration(url);

    server.child.kill('SIGTERM');

    expect(await server.exited()).toEqual({ code: 0, signal: null });
    await expect(stuck.finish()).rejects.toThrow();
  });
});

describe('stopping npm', () => {
  test('the server, when the shell between it and npm is killed, stops as well', async () => {
    const server = start({ npm_lifecycle_event: 'start' }, { shell: true });
    const url = await server.ready();

    server.child.kill('SIGTERM');
    await server.exited();

    expect(server.output().stdout).toContain('"msg":"stopped"');
    await expect(fetch(`${url}/api/v1/healthcheck`)).rejects.toThrow();
  });
});

describe('starting again', () => {
  test('the server, when started again on the same data, finds everything', async () => {
    const first = start();
    const firstUrl = await first.ready();
    expect(await registerAt(firstUrl, CREDENTIALS)).toBe(201);
    const accessToken = await loginAt(firstUrl, CREDENTIALS);
    const videoId = await publishAt(firstUrl, accessToken, 'Kept');
    await request(firstUrl).get(`/api/v1/videos/${videoId}`).set(bearer(accessToken)).expect(200);
    first.child.kill('SIGTERM');
    await first.exited();

    const url = await start().ready();

    const video = await request(url).get(`/api/v1/videos/${videoId}`);
    expect(video.body.data).toMatchObject({ _id: videoId, title: 'Kept' });
    await request(video.body.data.videoFile).get('').expect(200);
    // The generated secrets are kept too: yesterday's token still signs in.
    const history = await request(url).get('/api/v1/users/history').set(bearer(accessToken));
    expect(history.body.data).toHaveLength(1);
    expect(await loginAt(url, CREDENTIALS)).toMatch(/^ey/);
  });

  test('the server, when killed at once after answers, has kept every one of them', async () => {
    const first = start();
    const firstUrl = await first.ready();
    const names = Array.from({ length: 12 }, (_value, index) => `survivor_${index}`);
    const acknowledged: string[] = [];
    const registrations = names.map(async (username) => {
      const status = await registerAt(firstUrl, {
        username,
        email: `${username}@example.com`,
      }).catch(() => 0);
      if (status === 201) acknowledged.push(username);
      // The others are still on their way when the process dies.
      if (acknowledged.length === 6) first.child.kill('SIGKILL');
    });
    await Promise.all(registrations);
    expect((await first.exited()).signal).toBe('SIGKILL');

    const url = await start().ready();

    expect(acknowledged.length).toBeGreaterThanOrEqual(6);
    for (const username of acknowledged) {
      const channel = await request(url).get(`/api/v1/users/c/${username}`);
      expect(channel.body.data).toMatchObject({ username });
    }
    await request(url).get('/readyz').expect(200);
  });
});
