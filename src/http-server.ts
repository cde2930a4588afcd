import http, { type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Express } from 'express';
import { expressMessages } from './express-messages';
import {
  refuseBrokenRequests,
  refuseHosts,
  refuseOverlongHead,
} from './utils/refuse-broken-requests';
import { limitSlowClients, TIME_LIMITS, type TimeLimits } from './utils/slow-clients';

/** Of the request line and all headers together. Node's own default, said aloud. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Browsers behind several proxies send some thirty. */
const MAX_HEADERS = 100;

/**
 * A server that does not wait for clients for ever and reads no head without bounds. Does not listen
 * yet.
 * @param limits what differs from `TIME_LIMITS`
 */
export function createHttpServer(
  listener: RequestListener,
  limits: Partial<TimeLimits> = {},
): Server {
  const timeLimits = { ...TIME_LIMITS, ...limits };
  const server = http.createServer(
    {
      maxHeaderSize: MAX_HEAD_BYTES,
      connectionsCheckingInterval: timeLimits.checkMilliseconds,
      // Judged here: Node would answer without a body, and take the first of several.
      requireHostHeader: false,
      ...(isExpress(listener) && expressMessages(listener)),
    },
    (request, response) => {
      // Node would leave out what is too much, and with it perhaps what says who is calling.
      if (request.rawHeaders.length > MAX_HEADERS * 2) refuseOverlongHead(server, request.socket);
      else if (!namesOneHost(request)) refuseHosts(server, request.socket);
      else listener(request, response);
    },
  );
  // RFC 9110 section 10.1.1: an expectation that nobody knows may be passed over.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.maxHeadersCount = 0;
  limitSlowClients(server, timeLimits);
  refuseBrokenRequests(server);
  return server;
}

/** RFC 9112 section 3.2: a request of HTTP/1.1 names exactly one host, an older one at most one. */
function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0;
  for (let name = 0; name < rawHeaders.length; name += 2) {
    if (rawHeaders[name]?.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

function isExpress(listener: RequestListener): listener is Express {
  return 'request' in listener && 'response' in listener;
}
