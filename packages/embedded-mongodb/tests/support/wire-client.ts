import { deserialize, serialize, type Document } from 'bson';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Instance } from '../../src/instance';

/** Opens a bare connection to an instance that listens on a socket. */
export async function dial(instance: Instance): Promise<Socket> {
  const path = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(instance.uri)?.[1] ?? '');
  const socket = connect(path);
  // Resets are what some tests are about; 'close' tells them.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

export function messageHeader(length: number, opCode: number, requestId = 1): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(requestId, 4);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

/** An OP_MSG with one body section. */
export function opMsg(document: Uint8Array, requestId = 1): Buffer {
  return Buffer.concat([
    messageHeader(21 + document.length, 2013, requestId),
    Buffer.alloc(5),
    document,
  ]);
}

/** The next whole message that arrives. */
export async function nextMessage(socket: Socket): Promise<Buffer> {
  let buffered = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      buffered = Buffer.concat([buffered, chunk]);
      if (buffered.length < 4 || buffered.length < buffered.readInt32LE(0)) return;
      socket.off('data', onData);
      resolve(buffered);
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new Error('the connection was closed without a reply')));
  });
}

/** Sends commands exactly as given, without the fields that a driver adds. */
export class WireClient {
  private constructor(private readonly socket: Socket) {}

  static async connect(instance: Instance): Promise<WireClient> {
    return new WireClient(await dial(instance));
  }

  async command(command: Document, database = 'test'): Promise<Document> {
    const reply = nextMessage(this.socket);
    this.socket.write(opMsg(serialize({ ...command, $db: database })));
    return deserialize((await reply).subarray(21));
  }

  close(): void {
    this.socket.destroy();
  }
}
