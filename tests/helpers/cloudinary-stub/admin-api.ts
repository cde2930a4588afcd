import { Router, type RequestHandler } from 'express';
import { refuse, requirePassword } from './account';
import { describeAsset, type StubAsset } from './assets';
import type { Action, Faults } from './faults';

const DEFAULT_PAGE = 10;

/** Cloudinary's Admin API, as far as we use it: ping, resources by prefix, one resource. */
export function createAdminApi(
  assets: readonly StubAsset[],
  faults: Faults,
  record: (action: Action) => RequestHandler,
): Router {
  const router = Router();
  const before = (action: Action): RequestHandler[] => [
    record(action),
    faults.takeFor(action),
    faults.inject,
    requirePassword,
  ];

  router.get('/v1_1/:cloud/ping', ...before('ping'), (_request, response) => {
    response.json({ status: 'ok' });
  });

  router.get(
    '/v1_1/:cloud/resources/:resourceType/upload',
    ...before('resources'),
    (request, response) => {
      const { prefix = '', next_cursor: cursor } = request.query as Record<string, string>;
      const found = assets
        .filter(({ resourceType }) => resourceType === request.params.resourceType)
        .filter(({ publicId }) => publicId.startsWith(prefix))
        .sort((one, other) => (one.publicId < other.publicId ? -1 : 1))
        .filter(({ publicId }) => cursor === undefined || publicId > fromCursor(cursor));
      const page = found.slice(0, pageSize(request.query.max_results));
      response.json({
        resources: page.map(describeAsset),
        ...(page.length < found.length && { next_cursor: toCursor(page.at(-1)?.publicId ?? '') }),
      });
    },
  );

  router.get(
    '/v1_1/:cloud/resources/:resourceType/upload/:publicId',
    ...before('resource'),
    (request, response) => {
      const { resourceType, publicId } = request.params;
      const asset = assets.find(
        (one) => one.resourceType === resourceType && one.publicId === publicId,
      );
      if (!asset) return refuse(response, 404, `Resource not found - ${String(publicId)}`);
      const ready = asset.renditions.filter(({ state }) => state === 'ready');
      const first = Number(request.query.derived_next_cursor ?? 0);
      const size = pageSize(request.query.max_results);
      response.json({
        ...describeAsset(asset),
        derived: ready.slice(first, first + size).map(({ transformation, format, url }) => ({
          transformation,
          format,
          secure_url: url,
        })),
        ...(first + size < ready.length && { derived_next_cursor: String(first + size) }),
      });
    },
  );
  return router;
}

function pageSize(maxResults: unknown): number {
  return Math.min(Number(maxResults ?? DEFAULT_PAGE), 500);
}

function toCursor(publicId: string): string {
  return Buffer.from(publicId).toString('hex');
}

function fromCursor(cursor: string): string {
  return Buffer.from(cursor, 'hex').toString();
}
