import type { Router } from 'express';
import { notesOf, type RouteNotes } from '../middlewares/route-notes';

/** One mounted route and what its middlewares ask for. */
export interface RouteDescription {
  /** Method and full path, e.g. `GET /api/v1/videos/:videoId`. */
  route: string;
  method: string;
  path: string;
  notes: Partial<RouteNotes>;
}

/** Walks routers as `createRoutes` makes them, in the order in which they answer. */
export function describeRoutes(
  routes: readonly (readonly [path: string, router: Router])[],
): RouteDescription[] {
  return routes.flatMap(([prefix, router]) =>
    router.stack.flatMap(({ route }) => {
      if (!route) return [];
      const path = `${prefix}${route.path}`.replace(/\/$/, '');
      const methods = [...new Set(route.stack.map(({ method }) => method.toUpperCase()))];
      return methods.map((method) => {
        const stack = route.stack.filter((layer) => layer.method.toUpperCase() === method);
        const notes = notesOf(stack.map(({ handle }) => handle));
        return { route: `${method} ${path}`, method, path, notes };
      });
    }),
  );
}
