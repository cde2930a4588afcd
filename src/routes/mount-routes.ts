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
    const { path: address } = request;
    const met = mounts.filter(({ path }) => isUnder(path, address));
    void chain(met.map(({ mount }) => mount))(request, response, next);
  };
}

/**
 * All routers of a path in one. Their 405s follow the last of them, so that no resource can forget
 * them, and none of them answers for a router behind it.
 */
function mountByPath(routes: Routes): Map<string, Router> {
  const routersByPath = new Map<string, Router[]>();
  for (const [path, router] of routes) {
    routersByPath.set(path, [...(routersByPath.get(path) ?? []), router]);
  }
  const mounts = new Map<string, Router>();
  for (const [path, routers] of routersByPath) {
    mounts.set(path, Router().use(path, ...routers, ...routers.map(methodNotAllowed)));
  }
  return mounts;
}
