import type { RequestHandler, Router } from 'express';
import { ApiError } from '../utils/api-error';

/** What the router keeps per route beyond what its types say. */
type RouteLayer = Router['stack'][number] & {
  route?: { methods: Record<string, boolean> };
  match(path: string): boolean;
};

/**
 * Mounted right after a router: answers 405 with `Allow` (RFC 9110, section 15.5.6) when the router
 * knows the path under other methods, and leaves unknown paths to the 404 behind it.
 */
export function methodNotAllowed(router: Router): RequestHandler {
  return (request, _response, next) => {
    const methods = new Set<string>();
    for (const layer of router.stack as RouteLayer[]) {
      if (!layer.route || !layer.match(request.path)) continue;
      for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
    }
    if (methods.size === 0) {
      next();
      return;
    }
    if (methods.has('GET')) methods.add('HEAD');
    methods.add('OPTIONS');
    const allow = [...methods].sort().join(', ');
    throw new ApiError(405, `${request.method} is not allowed here; use ${allow}`, {
      code: 'METHOD_NOT_ALLOWED',
      headers: { Allow: allow },
    });
  };
}
