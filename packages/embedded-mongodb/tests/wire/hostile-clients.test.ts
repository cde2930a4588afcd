import { serialize } from 'bson';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { startTestInstance, type TestInstance } from '../support/instance';
import { dial, messageHeader, nextMessage, opMsg } from '../support/wire-client';

let server: TestInstance;

beforeAll(async () => {
  server = await startTestInstance();
  await server.database.collection<{ _id: number }>('kept').insertOne({ _id: 1 });
});

afterEach(async () => {
  // Whatever a test did: others are served, the data is there, and no fault was reported.
  expect(await server.database.collection('kept').findOne()).toEqual({ _id: 1 });
  expect(server.faults).toEqual([]);
});

afterAll(async () => {
  await server.close();
});

async function untilClosed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.destroyed) await once(socket, 'close');
}

const PING = serialize({ ping: 1, $db: 'admin' });

describe('a frame that breaks the protocol', () => {
  test.each([
    ['has an oversized length', messageHeader(0x7fffffff, 2013)],
    ['has a negative length', messageHeader(-5, 2013)],
    ['has a length below its header', messageHeader(3, 2013)],
    ['has an unknown opcode', Buffer.concat([messageHeader(20, 2012), Buffer.alloc(4)])],
    ['has no body', Buffer.concat([messageHeader(20, 2013), Buffer.alloc(4)])],
    ['is HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ])('when it %s, closes its connection', async (_what, bytes) => {
    const socket = await dial(server.instance);
    socket.write(bytes);
    await untilClosed(socket);
    expect(socket.destroyed).toBe(true);
  });
});

describe('a body that is no valid BSON', () => {
  test.each([
    ['has an unknown type', Buffer.from([8, 0, 0, 0, 0x44, 97, 0, 0])],
    ['has a name without end', Buffer.from([8, 0, 0, 0, 0x0a, 97, 98, 99])],
    [
      'has a string longer than itself',
      Buffer.from([14, 0, 0, 0, 2, 97, 0, 99, 0, 0, 0, 98, 0, 0]),
    ],
    [
      'has a nested document longer than itself',
      Buffer.from([13, 0, 0, 0, 3, 97, 0, 99, 0, 0, 0, 0, 0]),
    ],
  ])('when it %s, is answered with an error and the connection goes on', async (_what, body) => {
    const socket = await dial(server.instance);
    socket.write(opMsg(body));
    const reply = await nextMessage(socket);
    expect(reply.includes('InvalidBSON')).toBe(true);
    socket.destroy();
  });

  test('when it is nested a thousand deep, is answered with Overflow and the connection goes on', async () => {
    const socket = await dial(server.instance);
    socket.write(opMsg(nested(1000)));
    const reply = await nextMessage(socket);
    expect(reply.includes('Overflow')).toBe(true);
    socket.destroy();
  });
});

function nested(depth: number): Buffer {
  let document: Buffer = Buffer.from([5, 0, 0, 0, 0]);
  for (let level = 0; level < depth; level += 1) {
    const outer = Buffer.alloc(document.length + 8);
    outer.writeInt32LE(outer.length, 0);
    outer.set([3, 97, 0], 4);
    outer.set(document, 7);
    document = outer;
  }
  return document;
}

test('a command, when it comes byte by byte, is answered', async () => {
  const socket = await dial(server.instance);
  socket.setNoDelay(true);
  for (const byte of opMsg(PING)) socket.write(Buffer.of(byte));
  expect((await nextMessage(socket)).includes('ok')).toBe(true);
});

test('a client, when it leaves in the middle of a frame, is forgotten', async () => {
  const socket = await dial(server.instance);
  socket.write(messageHeader(48_000_000, 2013));
  socket.write(Buffer.alloc(100_000));
  socket.destroy();
  await untilClosed(socket);
  expect(socket.destroyed).toBe(true);
});

test('a client, when it never reads its replies, keeps nobody else waiting', async () => {
  const socket = await dial(server.instance);
  socket.pause();
  await server.database.collection('bulky').insertOne({ text: 'x'.repeat(2 ** 20) });
  const find = opMsg(serialize({ find: 'bulky', $db: 'test' }));
  for (let count = 0; count < 50; count += 1) socket.write(find);
  expect(await server.database.command({ ping: 1 })).toMatchObject({ ok: 1 });
  socket.destroy();
});

test('random bytes, when thrown at two hundred connections, harm nobody', async () => {
  let seed = 42;
  const random = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  for (let round = 0; round < 200; round += 1) {
    const socket = await dial(server.instance);
    const frame = opMsg(PING);
    for (let flip = 0; flip < 4; flip += 1) {
      frame[Math.floor(random() * frame.length)] = Math.floor(random() * 256);
    }
    socket.end(frame);
    await untilClosed(socket);
  }
  expect(await server.database.command({ ping: 1 })).toMatchObject({ ok: 1 });
});

test('five hundred connections, when open at once, are all answered', async () => {
  const sockets = await Promise.all(Array.from({ length: 500 }, () => dial(server.instance)));
  const replies = await Promise.all(
    sockets.map((socket) => {
      socket.write(opMsg(PING));
      return nextMessage(socket);
    }),
  );
  expect(replies.filter((reply) => reply.includes('ok'))).toHaveLength(500);
  for (const socket of sockets) socket.destroy();
});

test('pipelined commands, when sent without waiting, are answered in order', async () => {
  const socket = await dial(server.instance);
  const requests = [1, 2, 3].map((requestId) => opMsg(PING, requestId));
  socket.write(Buffer.concat(requests));
  const answered: number[] = [];
  let buffered = Buffer.alloc(0);
  for await (const chunk of socket) {
    buffered = Buffer.concat([buffered, chunk as Buffer]);
    while (buffered.length >= 4 && buffered.length >= buffered.readInt32LE(0)) {
      answered.push(buffered.readInt32LE(8));
      buffered = buffered.subarray(buffered.readInt32LE(0));
    }
    if (answered.length === 3) break;
  }
  expect(answered).toEqual([1, 2, 3]);
});
