import type { RequestHandler, Response } from 'express';
import { refuse } from './account';

export type Action = 'upload' | 'destroy' | 'ping' | 'resources' | 'resource';

/** What a request meets instead of an answer. */
export type Trouble =
  | { status: number; body?: string; retryAfterSeconds?: number }
  /** The connection ends before anything is done. */
  | { drop: true }
  /** The connection ends when some of the request's body has been read. */
  | { dropRequest: true }
  /** Nothing ever comes back. */
  | { stall: true }
  /** Nothing comes back; the work is done when `finishLate` is called. */
  | { late: true }
  /** The work is done and the connection ends before the answer. */
  | { loseAnswer: true }
  /** The work is done and the connection ends in the middle of the answer. */
  | { cutAnswer: true };

/** A trouble, for requests of one kind alone when it says so; `none` lets one request pass. */
export type Fault = 'none' | (Trouble & { only?: 'image' | 'video' | 'raw'; action?: Action });

/** Decides for each request what goes wrong with it. */
export class Faults {
  private readonly queue: Fault[] = [];
  private readonly late: (() => void)[] = [];
  /** Met by every request until it is taken away. */
  outage: Trouble | undefined;

  add(faults: readonly Fault[]): void {
    this.queue.push(...faults);
  }

  /** Does what clients have given up waiting for. */
  finishLate(): void {
    for (const finish of this.late.splice(0)) finish();
  }

  /** Goes before the body is read: some troubles come before its end. */
  readonly takeFor =
    (action: Action | undefined): RequestHandler =>
    (request, response, next) => {
      const trouble =
        this.outage ??
        this.take(request.params.resourceType, action ?? String(request.params.action));
      response.locals.trouble = trouble;
      if (trouble && 'drop' in trouble) request.socket.destroy();
      else if (trouble && 'dropRequest' in trouble) {
        request.once('data', () => request.socket.destroy());
      } else next();
    };

  private take(resourceType: unknown, action: string): Trouble | undefined {
    const index = this.queue.findIndex(
      (fault) =>
        fault === 'none' ||
        ((fault.only === undefined || fault.only === resourceType) &&
          (fault.action === undefined || fault.action === action)),
    );
    const [fault] = index < 0 ? [] : this.queue.splice(index, 1);
    return fault === 'none' ? undefined : fault;
  }

  /** Goes where the request is whole. */
  readonly inject: RequestHandler = (_request, response, next) => {
    const trouble = response.locals.trouble as Trouble | undefined;
    if (!trouble) next();
    else if ('status' in trouble) answerWith(response, trouble);
    else if ('late' in trouble) {
      response.json = () => response;
      this.late.push(next);
    } else if ('loseAnswer' in trouble) {
      response.json = () => response.destroy() && response;
      next();
    } else if ('cutAnswer' in trouble) {
      response.json = (body: unknown) => cutInTheMiddle(response, JSON.stringify(body));
      next();
    }
  };
}

function answerWith(
  response: Response,
  { status, body, retryAfterSeconds }: Extract<Trouble, { status: number }>,
): void {
  if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
  if (body === undefined) refuse(response, status, 'injected fault');
  else response.status(status).send(body);
}

function cutInTheMiddle(response: Response, body: string): Response {
  response.set({ 'Content-Type': 'application/json', 'Content-Length': String(body.length) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
  return response;
}
