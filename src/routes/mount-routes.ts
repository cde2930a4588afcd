import { Router, type RequestHandler } from 'express';
import { chain, isUnder } from '../middlewares/chain';
import { methodNotAllowed } from '../middlewares/method-not-allowed.middleware';

type Routes = readonly (readonly [path: string, router: Router])[];

/**
 * Leads a request to the routers of its address alone, where Express would try the pattern of every
 * router before it.
 * @param routes as `createRoutes` makes them; of several that fit, the first match answers
 */
export function mountRoutes(routes: Routes): RequestHandler {
  const mounts = [...mountByPath(routes)].map(([path, mount]) => ({
    path: path.toLowerCase(),
    mount,
  }));
  return (request, response, next) => {
    const met = mounts.filter(({ path }) => isUnder(path, request));
    void chain(met.map(({ mount }) => mount))(request, response, next);
  };
}

/** Every router is followed by its 405s, so that no resource can forget them. */
function mountByPath(routes: Routes): Map<string, Router> {
  const mounts = new Map<string, Router>();
  for (const [path, router] of routes) {
    const mount = mounts.get(path) ?? Router();
    mounts.set(path, mount.use(path, router, methodNotAllowed(router)));
  }
  return mounts;
}
