import http, { type RequestListener, type Server } from 'node:http';
import { refuseBrokenRequests, refuseOverlongHead } from './utils/refuse-broken-requests';
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
    },
    (request, response) => {
      // Node would leave out what is too much, and with it perhaps what says who is calling.
      if (request.rawHeaders.length > MAX_HEADERS * 2) refuseOverlongHead(server, request.socket);
      else listener(request, response);
    },
  );
  server.maxHeadersCount = 0;
  limitSlowClients(server, timeLimits);
  refuseBrokenRequests(server);
  return server;
}
