import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MongoServerError } from '../errors';
import { decodeDocument, encodeDocument, fromPlain } from '../values/codec';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument } from '../values/types';
import { FrameReader } from '../wire/frame-reader';
import { HEADER_BYTES, OP_MSG } from '../wire/protocol';
import { parseRequest } from '../wire/request-parser';
import { BackupError } from './backup-error';
import { formatAddress, type ServerAddress, type TlsSettings } from './connection-string';
import { splitCursorReply, type CursorReply } from './cursor-reply';

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 120_000;

/** Documents that travel beside a command as the bytes they are (OP_MSG section kind 1). */
export interface DocumentSequence {
  readonly field: string;
  readonly documents: readonly Uint8Array[];
}

interface Waiting {
  readonly requestId: number;
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One connection to a MongoDB server, one command at a time. Documents are never decoded on their
 * way, so what is copied stays the same byte for byte.
 */
export class WireClient {
  private readonly reader = new FrameReader();
  private waiting: Waiting | undefined;
  private failure: Error | undefined;
  private lastRequestId = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly address: ServerAddress,
  ) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.destroy(this.lost(error.message)));
    socket.on('close', () => this.destroy(this.lost('the server closed it')));
  }

  /** @throws BackupError when nobody answers there; its cause is the system's error. */
  static async connect(address: ServerAddress, tls?: TlsSettings): Promise<WireClient> {
    const ca = tls?.caFile === undefined ? undefined : await readFile(tls.caFile);
    const socket = openSocket(address, tls && { ...(ca && { ca }) });
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      socket.destroy(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`));
    });
    try {
      await once(socket, tls ? 'secureConnect' : 'connect');
    } catch (error) {
      const message = `cannot connect to ${formatAddress(address)}: ${(error as Error).message}`;
      throw new BackupError(message, { cause: error });
    }
    socket.setTimeout(0);
    return new WireClient(socket, address);
  }

  /**
   * Runs a command and answers its reply.
   * @throws MongoServerError when the server refuses it, BackupError when the connection is lost.
   */
  async command(
    database: string,
    command: Readonly<Record<string, unknown>>,
    sequence?: DocumentSequence,
  ): Promise<BsonDocument> {
    return answerOf(await this.roundTrip(database, command, sequence));
  }

  /** Runs a command that answers a cursor (find, getMore, listCollections…). Throws as `command`. */
  async cursorCommand(
    database: string,
    command: Readonly<Record<string, unknown>>,
  ): Promise<CursorReply> {
    const body = await this.roundTrip(database, command);
    const reply = splitCursorReply(body);
    if (reply) return reply;
    answerOf(body);
    throw new BackupError(`${formatAddress(this.address)} answered without a cursor`);
  }

  /** Ends the connection; a command that still waits fails with `reason`. */
  destroy(reason: Error): void {
    this.failure ??= reason;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.reject(this.failure);
    this.socket.destroy();
  }

  close(): void {
    this.destroy(new BackupError('the connection is closed'));
  }

  private async roundTrip(
    database: string,
    command: Readonly<Record<string, unknown>>,
    sequence?: DocumentSequence,
  ): Promise<Uint8Array> {
    if (this.failure) throw this.failure;
    const body = encodeDocument(fromPlain({ ...command, $db: database }) as BsonDocument);
    this.lastRequestId += 1;
    const requestId = this.lastRequestId;
    return new Promise<Uint8Array>((resolve, reject) => {
      this.waiting = { requestId, resolve, reject };
      this.socket.write(requestMessage(requestId, body, sequence));
    });
  }

  private receive(chunk: Buffer): void {
    try {
      this.reader.push(chunk);
      for (let frame = this.reader.next(); frame; frame = this.reader.next()) this.accept(frame);
    } catch (error) {
      this.destroy(this.lost((error as Error).message));
    }
  }

  private accept(frame: Buffer): void {
    const { waiting } = this;
    const { body } = parseRequest(frame);
    if (waiting?.requestId !== frame.readInt32LE(8)) throw new Error('a reply to no request');
    this.waiting = undefined;
    waiting.resolve(body);
  }

  private lost(reason: string): BackupError {
    return new BackupError(`lost the connection to ${formatAddress(this.address)}: ${reason}`);
  }
}

function openSocket(address: ServerAddress, tls: { ca?: Buffer } | undefined): Socket {
  if ('socketPath' in address) return connectSocket(address.socketPath);
  const { host, port } = address;
  const options = {
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  };
  return tls ? connectTls({ ...options, ...tls, servername: host }) : connectSocket(options);
}

function answerOf(body: Uint8Array): BsonDocument {
  const fields = decodeDocument(body);
  const ok = fields.get('ok');
  if (isNumeric(ok) && toDouble(ok) === 1) return fields;
  const code = fields.get('code');
  const message = fields.get('errmsg');
  throw new MongoServerError(
    isNumeric(code) ? toDouble(code) : 'InternalError',
    typeof message === 'string' ? message : 'the server answered neither success nor an error',
  );
}

/** An OP_MSG message (manual: "MongoDB Wire Protocol"). */
function requestMessage(
  requestId: number,
  body: Uint8Array,
  sequence: DocumentSequence | undefined,
): Buffer {
  const head = Buffer.alloc(HEADER_BYTES + 5);
  const sections: Uint8Array[] = [head, body];
  if (sequence) {
    const name = Buffer.from(`${sequence.field}\0`);
    const documentBytes = sequence.documents.reduce((sum, { length }) => sum + length, 0);
    const start = Buffer.alloc(5);
    start.writeUInt8(1, 0);
    start.writeInt32LE(4 + name.length + documentBytes, 1);
    sections.push(start, name, ...sequence.documents);
  }
  head.writeInt32LE(
    sections.reduce((sum, { length }) => sum + length, 0),
    0,
  );
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat(sections);
}
