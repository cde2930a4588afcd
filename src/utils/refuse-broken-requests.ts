import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

interface Refusal {
  status: string;
  message: string;
  code: string;
}

const MALFORMED: Refusal = {
  status: '400 Bad Request',
  message: 'The request is not valid HTTP',
  code: 'MALFORMED_REQUEST',
};

/** By the code of the parser's error; see "Event: 'clientError'" of node:http. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'The address and the headers together are too long',
    code: 'HEADERS_TOO_LARGE',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    message: 'The request did not arrive in time',
    code: 'REQUEST_TIMEOUT',
  },
};

/**
 * Answers what Node's HTTP parser turns away, before any middleware sees it, with the envelope that
 * every other failure has.
 */
export function refuseBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const answering = latest.get(socket);
    const isHalfSent = answering?.headersSent === true && !answering.writableFinished;
    // Bytes of ours in the middle of another answer would be read as a part of it.
    if (socket.writable && !isHalfSent)
      socket.write(describe(REFUSALS[error.code ?? ''] ?? MALFORMED));
    socket.destroy();
  });
}

/** Answers a head with too many headers as one that is too long. */
export function refuseOverlongHead(server: Server, socket: Duplex): void {
  const error = Object.assign(new Error('Too many headers'), { code: 'HPE_HEADER_OVERFLOW' });
  server.emit('clientError', error, socket);
}

/** Answers a request that names no host, or several, as one that is not valid HTTP. */
export function refuseHosts(server: Server, socket: Duplex): void {
  server.emit('clientError', new Error('Not exactly one host'), socket);
}

function describe({ status, message, code }: Refusal): string {
  const requestId = randomUUID();
  const body = JSON.stringify({
    statusCode: Number.parseInt(status, 10),
    data: null,
    success: false,
    message,
    errors: [],
    code,
    requestId,
  });
  return [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
