import type { Socket } from 'node:net';
import { FrameReader } from './frame-reader';
import { MAX_MESSAGE_BYTES, WireProtocolError, type RequestMessage } from './protocol';
import { parseRequest } from './request-parser';

/** Reading stops while this much is waiting behind the request being served. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/** Answers one request; undefined when the client asked for no answer. */
export type RequestHandler = (
  request: RequestMessage,
  connection: WireConnection,
) => Promise<Buffer | undefined>;

/**
 * One client connection: requests are served strictly one after the other, replies respect the
 * socket's backpressure, and a frame that breaks the protocol closes this connection only.
 */
export class WireConnection {
  private readonly reader = new FrameReader();
  private serving = false;
  /** Settles when the request being served has been answered. */
  private work: Promise<void> = Promise.resolve();
  private stopping = false;
  private broken = false;
  private readonly closeListeners = new Set<() => void>();

  constructor(
    readonly id: number,
    readonly socket: Socket,
    private readonly handler: RequestHandler,
    private readonly onFault: (error: Error) => void,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.reader.push(chunk);
      this.applyReadBackpressure();
      this.serveNext();
    });
    // A reset by the peer is its own affair; the 'close' that follows does the cleaning up.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const listener of this.closeListeners) listener();
    });
  }

  onClose(listener: () => void): void {
    this.closeListeners.add(listener);
  }

  /**
   * Closes after the request that is being served has been answered.
   * @returns when that is the case.
   */
  async finish(): Promise<void> {
    this.stopping = true;
    if (!this.serving) this.socket.end();
    await this.work;
  }

  /** Closes at once, whatever is being served. */
  destroy(): void {
    this.broken = true;
    this.socket.destroy();
  }

  private serveNext(): void {
    // What a client sent before it left is still served: unacknowledged writes are sent that way.
    if (this.serving || this.stopping || this.broken) return;
    let request: RequestMessage;
    try {
      const frame = this.reader.next();
      if (!frame) return;
      request = parseRequest(frame);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.serving = true;
    this.work = this.handler(request, this)
      .then((reply) => this.send(reply))
      .then(() => this.afterServing())
      .catch((error: unknown) => this.fail(error));
  }

  private afterServing(): void {
    this.serving = false;
    if (this.stopping) {
      this.socket.end();
      return;
    }
    this.applyReadBackpressure();
    this.serveNext();
  }

  private async send(reply: Buffer | undefined): Promise<void> {
    if (!reply || this.socket.destroyed || !this.socket.writable) return;
    if (this.socket.write(reply)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.once('drain', done);
      this.socket.once('close', done);
    });
  }

  /** While idle a whole message must fit; while serving only a little is read ahead. */
  private applyReadBackpressure(): void {
    const limit = this.serving ? MAX_QUEUED_BYTES : MAX_MESSAGE_BYTES;
    if (this.reader.size > limit) this.socket.pause();
    else if (this.socket.isPaused() && !this.socket.destroyed) this.socket.resume();
  }

  private fail(error: unknown): void {
    this.broken = true;
    this.socket.destroy();
    if (error instanceof WireProtocolError) return;
    this.onFault(error instanceof Error ? error : new Error(String(error)));
  }
}
