import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type Request, type RequestHandler, type Response } from 'express';
import multer from 'multer';
import { fixture } from './fixtures';

/** What a coming upload or destroy request meets instead of an answer. */
export type Fault =
  | 'none'
  | { status: number; body?: string; only?: 'image' | 'video' }
  /** The connection ends before anything is done. */
  | { drop: true }
  /** Nothing ever comes back. */
  | { stall: true }
  /** The work is done and the connection ends before the answer. */
  | { loseAnswer: true };

export interface StubAsset {
  resourceType: string;
  publicId: string;
  content: Buffer;
}

export interface StubRequest {
  action: 'upload' | 'destroy';
  resourceType: string;
  contentRange?: string;
  uploadId?: string;
  fields: Record<string, string>;
}

export interface CloudinaryStub {
  /** For `upload_prefix`. */
  readonly url: string;
  /** Trusts the stub's certificate. */
  readonly agent: https.Agent;
  readonly account: { cloudName: string; apiKey: string; apiSecret: string; uploadPrefix: string };
  readonly assets: readonly StubAsset[];
  readonly requests: readonly StubRequest[];
  /** The coming requests meet these faults, in this order. */
  failNext(...faults: Fault[]): void;
  stop(): Promise<void>;
}

export interface StubOptions {
  /** Cloudinary takes no smaller chunk, except the last: 5 MiB. */
  minimumChunkBytes?: number;
}

const CLOUD = 'demo';
const API_KEY = '874837483274837';
const API_SECRET = 'a676b67565c6767a6767d6767f676fe1';
const STALE_AFTER_SECONDS = 3600;
/** Told apart from what our own probe finds in the fixtures. */
export const STUB_DURATION_SECONDS = 5.25;

/**
 * Cloudinary's upload and destroy API on this machine, over HTTPS, as its documentation describes
 * it: signed forms, chunks with Content-Range and X-Unique-Upload-Id, its answers and its errors.
 */
export async function startCloudinaryStub(options: StubOptions = {}): Promise<CloudinaryStub> {
  const state = new StubState(options.minimumChunkBytes ?? 5 * 1024 * 1024);
  const app = express();
  app.post(
    '/v1_1/:cloud/:resourceType/:action',
    multer({ storage: multer.memoryStorage() }).single('file'),
    state.record,
    state.injectFault,
    state.authorize,
    state.answer,
  );
  app.get('/v1_1/:cloud/ping', (request, response) => {
    const expected = `Basic ${Buffer.from(`${API_KEY}:${API_SECRET}`).toString('base64')}`;
    if (request.headers.authorization === expected) response.json({ status: 'ok' });
    else refuse(response, 401, 'unknown api_key');
  });
  const certificate = readFileSync(fixture('localhost-cert.pem'));
  const server = https.createServer(
    { key: readFileSync(fixture('localhost-key.pem')), cert: certificate },
    app,
  );
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const agent = new https.Agent({ ca: certificate });
  return {
    url,
    agent,
    account: { cloudName: CLOUD, apiKey: API_KEY, apiSecret: API_SECRET, uploadPrefix: url },
    assets: state.assets,
    requests: state.requests,
    failNext: (...faults) => state.faults.push(...faults),
    stop: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class StubState {
  readonly assets: StubAsset[] = [];
  readonly requests: StubRequest[] = [];
  readonly faults: Fault[] = [];
  private readonly partial = new Map<string, Buffer[]>();

  constructor(private readonly minimumChunkBytes: number) {}

  readonly record: RequestHandler = (request, _response, next) => {
    this.requests.push({
      action: request.params.action as StubRequest['action'],
      resourceType: String(request.params.resourceType),
      contentRange: request.headers['content-range'],
      uploadId: request.headers['x-unique-upload-id'] as string | undefined,
      fields: { ...(request.body as Record<string, string>) },
    });
    next();
  };

  readonly injectFault: RequestHandler = (request, response, next) => {
    const fault = this.takeFault(request.params.resourceType);
    if (!fault || fault === 'none') next();
    else if ('status' in fault) answerFault(response, fault);
    else if ('drop' in fault) request.socket.destroy();
    else if ('loseAnswer' in fault) {
      response.json = () => response.destroy() && response;
      next();
    }
  };

  private takeFault(resourceType: unknown): Fault | undefined {
    const index = this.faults.findIndex(
      (fault) => typeof fault === 'string' || !('only' in fault) || fault.only === resourceType,
    );
    return index < 0 ? undefined : this.faults.splice(index, 1)[0];
  }

  readonly authorize: RequestHandler = (request, response, next) => {
    const { signature, api_key: apiKey, ...signed } = request.body as Record<string, string>;
    const age = Math.abs(Date.now() / 1000 - Number(signed.timestamp));
    const text = stringToSign(signed);
    const expected = createHash('sha1').update(`${text}${API_SECRET}`).digest('hex');
    if (request.params.cloud !== CLOUD) refuse(response, 401, 'Invalid cloud_name');
    else if (apiKey !== API_KEY) refuse(response, 401, `Unknown API key ${apiKey}`);
    else if (!(age < STALE_AFTER_SECONDS)) refuse(response, 400, 'Stale request');
    else if (signature !== expected) {
      refuse(response, 401, `Invalid Signature ${signature}. String to sign - '${text}'.`);
    } else next();
  };

  readonly answer: RequestHandler = (request, response) => {
    if (request.params.action === 'upload') this.upload(request, response);
    else if (request.params.action === 'destroy') this.destroy(request, response);
    else refuse(response, 404, 'unknown action');
  };

  private upload(request: Request, response: Response): void {
    if (!request.file) return refuse(response, 400, 'Missing required parameter - file');
    const range = request.headers['content-range'];
    if (range === undefined) return this.finish(request, response, request.file.buffer);
    const parts = /^bytes (\d+)-(\d+)\/(-1|\d+)$/.exec(range);
    const uploadId = request.headers['x-unique-upload-id'];
    if (!parts || typeof uploadId !== 'string') return refuse(response, 400, 'Invalid range');
    const [first, last, total] = parts.slice(1).map(Number) as [number, number, number];
    const chunks = first === 0 ? [] : (this.partial.get(uploadId) ?? []);
    const received = Buffer.concat(chunks).length;
    const size = request.file.buffer.length;
    if (first !== received || last - first + 1 !== size) {
      return refuse(response, 400, `Chunk out of place: ${range} after ${received} bytes`);
    }
    const isLast = total === last + 1;
    if (!isLast && size < this.minimumChunkBytes) {
      return refuse(response, 400, 'All parts except EOF-chunk must be larger than 5mb');
    }
    chunks.push(request.file.buffer);
    this.partial.set(uploadId, chunks);
    if (!isLast) {
      response.json({ done: false, bytes: received + size, kind: 'upload' });
      return;
    }
    this.partial.delete(uploadId);
    this.finish(request, response, Buffer.concat(chunks));
  }

  private finish(request: Request, response: Response, content: Buffer): void {
    const resourceType = String(request.params.resourceType);
    const body = request.body as Record<string, string>;
    const publicId = body.public_id ?? randomBytes(10).toString('hex');
    const format = formatOf(content);
    const isVideo = format === 'mp4' || format === 'webm';
    if (!format || isVideo !== (resourceType === 'video')) {
      return refuse(response, 400, `Invalid ${resourceType} file`);
    }
    const existing = this.find(resourceType, publicId);
    if (existing >= 0) this.assets.splice(existing, 1);
    this.assets.push({ resourceType, publicId, content });
    const version = 1700000000;
    const address = `res.cloudinary.com/${CLOUD}/${resourceType}/upload/v${version}/${publicId}.${format}`;
    response.json({
      asset_id: randomBytes(16).toString('hex'),
      public_id: publicId,
      version,
      width: isVideo ? 320 : 96,
      height: isVideo ? 180 : 64,
      format,
      resource_type: resourceType,
      created_at: new Date().toISOString(),
      bytes: content.length,
      type: 'upload',
      etag: createHash('md5').update(content).digest('hex'),
      url: `http://${address}`,
      secure_url: `https://${address}`,
      ...(isVideo && { duration: STUB_DURATION_SECONDS, is_audio: false }),
    });
  }

  private destroy(request: Request, response: Response): void {
    const { public_id: publicId } = request.body as Record<string, string>;
    if (!publicId) return refuse(response, 400, 'Missing required parameter - public_id');
    const index = this.find(String(request.params.resourceType), publicId);
    if (index >= 0) this.assets.splice(index, 1);
    // Also for a wrong resource type this is a success, with HTTP 200.
    response.json({ result: index >= 0 ? 'ok' : 'not found' });
  }

  private find(resourceType: string, publicId: string): number {
    return this.assets.findIndex(
      (asset) => asset.resourceType === resourceType && asset.publicId === publicId,
    );
  }
}

/**
 * Cloudinary, "Generating authentication signatures": every parameter but the file, the names of
 * cloud and resource type, and the key; sorted; `&` in values escaped.
 */
function stringToSign(fields: Record<string, string>): string {
  return Object.keys(fields)
    .sort()
    .filter((name) => fields[name] !== '')
    .map((name) => `${name}=${fields[name]}`.replaceAll('&', '%26'))
    .join('&');
}

function formatOf(content: Buffer): string | undefined {
  if (content.subarray(1, 4).toString() === 'PNG') return 'png';
  if (content.readUInt16BE(0) === 0xffd8) return 'jpg';
  if (content.subarray(8, 12).toString() === 'WEBP') return 'webp';
  if (content.subarray(4, 8).toString() === 'ftyp') return 'mp4';
  if (content.readUInt32BE(0) === 0x1a45dfa3) return 'webm';
  return undefined;
}

function answerFault(response: Response, fault: { status: number; body?: string }): void {
  if (fault.body === undefined) refuse(response, fault.status, 'injected fault');
  else response.status(fault.status).send(fault.body);
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: { message } });
}
