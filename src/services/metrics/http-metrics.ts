import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How a request went. */
export interface RequestOutcome {
  method: string;
  /** The pattern of its route, never its address: those are without number. */
  route: string;
  /** Absent for a client that hung up before any answer. */
  statusCode?: number;
  /** Of a file that came with it. */
  uploadedBytes?: number;
}

/** Told of every request, twice. */
export interface HttpMetrics {
  /** @returns to be called once, when the answer is out or the client is gone */
  begin(isUpload: boolean): (outcome: RequestOutcome) => void;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Seconds: from what a read of one document takes to the patience of clients. */
const DURATION_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

/** Requests by route pattern, in the units and with the names that Prometheus recommends. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests that are over; the status is "aborted" when the client left before any answer',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the head of a request to the last byte of its answer',
    labelNames: ['method', 'route'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that are being answered',
    registers,
  });
  const uploads = new Gauge({
    name: 'videotube_uploads_in_flight',
    help: 'Requests that bring a file',
    registers,
  });
  const uploadedBytes = new Counter({
    name: 'videotube_upload_bytes_total',
    help: 'Bytes of requests that brought a file, counted when they end',
    registers,
  });

  return {
    begin(isUpload) {
      const startedAt = performance.now();
      inFlight.inc();
      if (isUpload) uploads.inc();
      return ({ method: anyMethod, route, statusCode, uploadedBytes: bytes = 0 }) => {
        const method = METHODS.has(anyMethod) ? anyMethod : 'other';
        inFlight.dec();
        if (isUpload) {
          uploads.dec();
          uploadedBytes.inc(bytes);
        }
        requests.inc({ method, route, status: statusCode ?? 'aborted' });
        durations.observe({ method, route }, (performance.now() - startedAt) / 1000);
      };
    },
  };
}
