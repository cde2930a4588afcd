import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import multer from 'multer';
import { fixture } from '../fixtures';
import { ACCOUNT, requireSignature } from './account';
import { createAdminApi } from './admin-api';
import type { StubAsset } from './assets';
import { Faults, type Action, type Fault, type Trouble } from './faults';
import { finishRenditions, type FinishOptions } from './renditions';
import { UploadApi } from './upload-api';

export { signNotification } from './account';
export { STUB_DURATION_SECONDS, type StubAsset } from './assets';
export type { Fault, Trouble } from './faults';
export { renditionsNotification } from './renditions';

export interface StubRequest {
  action: Action;
  resourceType: string;
  contentRange?: string;
  uploadId?: string;
  /** Of the form, or of the query. */
  fields: Record<string, string>;
}

export interface CloudinaryStub {
  /** For `upload_prefix`. */
  readonly url: string;
  /** Trusts the stub's certificate. */
  readonly agent: https.Agent;
  readonly account: { cloudName: string; apiKey: string; apiSecret: string; uploadPrefix: string };
  /** Makes a server of its own process use this stub, and trust it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly assets: StubAsset[];
  readonly requests: readonly StubRequest[];
  /** The coming requests meet these faults, in this order. */
  failNext(...faults: Fault[]): void;
  /** Every request meets this trouble, until it is called without one. */
  setOutage(trouble?: Trouble): void;
  /** Does what clients have given up waiting for. */
  finishLate(): void;
  /** Finishes all renditions in the making. @returns the statuses that notifications met */
  finishRenditions(options?: FinishOptions): Promise<number[]>;
  stop(): Promise<void>;
}

export interface StubOptions {
  /** Cloudinary takes no smaller chunk, except the last: 5 MiB. */
  minimumChunkBytes?: number;
  /** Long runs keep hashes alone. */
  keepContents?: boolean;
}

/**
 * Cloudinary's upload and Admin API on this machine, over HTTPS, as its documentation describes
 * them: signed forms, chunks with Content-Range and X-Unique-Upload-Id, renditions made later and
 * told by signed notifications, its answers and its errors.
 */
export async function startCloudinaryStub(options: StubOptions = {}): Promise<CloudinaryStub> {
  const assets: StubAsset[] = [];
  const requests: StubRequest[] = [];
  const faults = new Faults();
  const { minimumChunkBytes = 5 * 1024 * 1024, keepContents = true } = options;
  const uploads = new UploadApi({ assets, minimumChunkBytes, keepContents });
  const record =
    (action?: Action): RequestHandler =>
    (request, response, next) => {
      const entry: StubRequest = {
        action: action ?? (request.params.action as Action),
        resourceType: String(request.params.resourceType),
        contentRange: request.headers['content-range'],
        uploadId: request.headers['x-unique-upload-id'] as string | undefined,
        fields: { ...(request.query as Record<string, string>) },
      };
      requests.push(entry);
      response.locals.entry = entry;
      next();
    };
  const recordForm: RequestHandler = (request, response, next) => {
    (response.locals.entry as StubRequest).fields = {
      ...(request.body as Record<string, string>),
    };
    next();
  };

  const app = express();
  app.post(
    '/v1_1/:cloud/:resourceType/:action',
    record(),
    faults.takeFor(undefined),
    multer({ storage: multer.memoryStorage() }).single('file'),
    recordForm,
    faults.inject,
    requireSignature,
    uploads.answer,
  );
  app.use(createAdminApi(assets, faults, record));

  const { url, agent, close } = await serve(app);
  return {
    url,
    agent,
    account: { ...ACCOUNT, uploadPrefix: url },
    environment: {
      CLOUDINARY_CLOUD_NAME: ACCOUNT.cloudName,
      CLOUDINARY_API_KEY: ACCOUNT.apiKey,
      CLOUDINARY_API_SECRET: ACCOUNT.apiSecret,
      CLOUDINARY_UPLOAD_PREFIX: url,
      NODE_EXTRA_CA_CERTS: fixture('localhost-cert.pem'),
    },
    assets,
    requests,
    failNext: (...coming) => faults.add(coming),
    setOutage: (trouble) => {
      faults.outage = trouble;
    },
    finishLate: () => faults.finishLate(),
    finishRenditions: (finish) => finishRenditions(assets, finish),
    stop: close,
  };
}

async function serve(app: express.Express) {
  const certificate = readFileSync(fixture('localhost-cert.pem'));
  const server = https.createServer(
    { key: readFileSync(fixture('localhost-key.pem')), cert: certificate },
    app,
  );
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const agent = new https.Agent({ ca: certificate });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    agent,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
