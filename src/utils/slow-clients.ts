import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may keep a connection busy without getting on. */
export interface TimeLimits {
  /** For the head of a request, from its first byte. */
  readonly headersMilliseconds: number;
  /** For a body, however small... */
  readonly bodyMilliseconds: number;
  /** ...and a second more for so many bytes that came: the slowest upload that we wait for. */
  readonly bodyBytesPerSecond: number;
  /** For a whole request, however fast it began. */
  readonly requestMilliseconds: number;
  /** For an answer of which the client takes nothing. */
  readonly stalledMilliseconds: number;
  /** Between two requests of one connection. */
  readonly keepAliveMilliseconds: number;
  /** How often Node looks for heads and requests that are late. */
  readonly checkMilliseconds: number;
}

/** OWASP Denial of Service Cheat Sheet, "slow HTTP attacks"; the rule for bodies is that of Apache's mod_reqtimeout. */
export const TIME_LIMITS: TimeLimits = {
  headersMilliseconds: 20_000,
  // At the least rate, the largest JSON body may take half a minute more.
  bodyMilliseconds: 30_000,
  bodyBytesPerSecond: 4096,
  // Long enough for two gigabytes over a line of 5 Mbit/s.
  requestMilliseconds: 60 * 60 * 1000,
  stalledMilliseconds: 60_000,
  // Longer than the idle timeout of common load balancers, which would otherwise race ours.
  keepAliveMilliseconds: 65_000,
  checkMilliseconds: 5_000,
};

/** Cuts off clients that hold a connection and send or take next to nothing. */
export function limitSlowClients(server: Server, limits: TimeLimits): void {
  server.headersTimeout = limits.headersMilliseconds;
  server.requestTimeout = limits.requestMilliseconds;
  server.keepAliveTimeout = limits.keepAliveMilliseconds;
  limitSlowBodies(server, limits);
  limitStalledReaders(server, limits);
}

function limitSlowBodies(
  server: Server,
  { bodyMilliseconds, bodyBytesPerSecond }: TimeLimits,
): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesBody(request)) return;
    const { socket } = request;
    const startedAt = Date.now();
    const bytesBefore = socket.bytesRead;
    const msLeft = (): number => {
      const earned = ((socket.bytesRead - bytesBefore) / bodyBytesPerSecond) * 1000;
      return bodyMilliseconds + earned - (Date.now() - startedAt);
    };
    const check = (): void => {
      if (request.complete || socket.destroyed) return;
      if (msLeft() > 0) timer = setTimeout(check, msLeft()).unref();
      else cutOff(server, socket, response);
    };
    let timer = setTimeout(check, bodyMilliseconds).unref();
    // An early answer, a refusal for instance, does not end a body that is still coming.
    response.once('close', () => request.complete && clearTimeout(timer));
  });
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** As Node does with a request that is late by its own limits: see `refuseBrokenRequests`. */
function cutOff(server: Server, socket: Socket, response: ServerResponse): void {
  if (response.writableEnded) {
    socket.destroy();
    return;
  }
  const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  server.emit('clientError', error, socket);
}

/** Nothing moved for a while. Waiting for us is no fault of the client's; not taking our answer is. */
function limitStalledReaders(server: Server, { stalledMilliseconds }: TimeLimits): void {
  const latest = new WeakMap<Socket, ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
  });
  server.setTimeout(stalledMilliseconds, (socket) => {
    const answering = latest.get(socket);
    const isOurTurn = answering?.writableFinished === false && socket.writableLength === 0;
    if (!isOurTurn) socket.destroy();
  });
}
