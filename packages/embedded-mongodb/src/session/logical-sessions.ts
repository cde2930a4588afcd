import { Binary } from 'bson';
import type { Interruption } from './interruption';
import type { SessionTransaction } from './transactions';

/** `logicalSessionTimeoutMinutes` of hello. */
export const SESSION_TIMEOUT_MINUTES = 30;
const SESSION_TIMEOUT_MS = SESSION_TIMEOUT_MINUTES * 60_000;

/** One logical session: what several connections of one client share by its `lsid`. */
export class LogicalSession {
  /** The highest transaction number seen, of transactions and retryable writes alike. */
  transactionNumber = -1n;
  /** The multi-document transaction with that number, in whatever state it is. */
  transaction?: SessionTransaction;
  lastUse: number;
  /** The commands that run in this session right now. */
  readonly running = new Set<Interruption>();
  private tail: Promise<void> = Promise.resolve();

  constructor(
    readonly id: string,
    readonly key: Buffer,
    now: number,
  ) {
    this.lastUse = now;
  }

  /** As the server prints a session id in its messages. */
  describe(): string {
    const uuid = new Binary(this.key.subarray(0, 16), Binary.SUBTYPE_UUID).toUUID();
    return `${uuid.toHexString()} -  - `;
  }

  /**
   * Waits for the session's turn: commands with a transaction number run one after the other, so that
   * a retry waits for its original. Call the returned function when done.
   */
  async checkOut(): Promise<() => void> {
    const before = this.tail;
    let release: () => void = () => undefined;
    this.tail = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}

export interface SessionListener {
  /** The session is over: its transaction and its cursors must go. */
  sessionEnded(session: LogicalSession): void;
}

/** All logical sessions, by id; idle ones are reaped after 30 minutes. */
export class SessionRegistry {
  private readonly sessions = new Map<string, LogicalSession>();

  constructor(
    private readonly listener: SessionListener,
    private readonly now: () => number = Date.now,
  ) {}

  get size(): number {
    return this.sessions.size;
  }

  /** The session with this key, made when it is new: clients name their sessions themselves. */
  use(key: Buffer): LogicalSession {
    const id = key.toString('hex');
    const known = this.sessions.get(id);
    if (known) {
      known.lastUse = this.now();
      return known;
    }
    const session = new LogicalSession(id, key, this.now());
    this.sessions.set(id, session);
    return session;
  }

  end(key: Buffer): void {
    const session = this.sessions.get(key.toString('hex'));
    if (session) this.finish(session);
  }

  endAll(): void {
    for (const session of [...this.sessions.values()]) this.finish(session);
  }

  forEach(visit: (session: LogicalSession) => void): void {
    for (const session of this.sessions.values()) visit(session);
  }

  /** Ends idle sessions and hands every session to `inspect`, which ends overlong transactions. */
  sweep(inspect: (session: LogicalSession) => void): void {
    const oldest = this.now() - SESSION_TIMEOUT_MS;
    for (const session of [...this.sessions.values()]) {
      if (session.lastUse < oldest && session.running.size === 0) this.finish(session);
      else inspect(session);
    }
  }

  private finish(session: LogicalSession): void {
    this.sessions.delete(session.id);
    for (const interruption of session.running) interruption.kill();
    this.listener.sessionEnded(session);
  }
}
