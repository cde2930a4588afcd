import type { Config } from '../config';

const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Whether a browser page of this origin may call us with credentials.
 * Outside production every loopback origin is welcome, so a frontend's dev server works at once.
 */
export function isOriginAllowed(
  config: Pick<Config, 'corsOrigins' | 'isProduction'>,
  origin: string,
): boolean {
  if (config.corsOrigins.includes(origin)) return true;
  return !config.isProduction && LOOPBACK_ORIGIN.test(origin);
}
