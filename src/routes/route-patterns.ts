import type { Router } from 'express';

/**
 * Names every route by its pattern, such as `/api/v1/videos/:videoId`.
 * @returns the pattern of what Express keeps in `request.route`; undefined for anything else
 */
export function nameRoutes(
  routes: readonly (readonly [path: string, router: Router])[],
): (route: unknown) => string | undefined {
  const patterns = new WeakMap<object, string>();
  for (const [prefix, router] of routes) {
    for (const { route } of router.stack) {
      if (route) patterns.set(route, `${prefix}${route.path}`.replace(/\/$/, ''));
    }
  }
  return (route) => (typeof route === 'object' && route !== null ? patterns.get(route) : undefined);
}
