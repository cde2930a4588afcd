import type { ServerResponse } from 'node:http';

/** Adds names of request headers to `Vary`, each at most once. */
export function varyBy(response: ServerResponse, ...names: string[]): void {
  const listed = response.getHeader('Vary');
  const before = listed === undefined ? [] : String(listed).split(', ');
  const added = names.filter((name) => !before.includes(name));
  if (added.length > 0) response.setHeader('Vary', [...before, ...added].join(', '));
}
