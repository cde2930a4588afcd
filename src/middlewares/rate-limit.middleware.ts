import type { Request, RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import type { ThrottleBudget } from '../services/throttle.service';
import { clientNetwork } from '../utils/client-network';
import { optionalViewerOf } from './authenticate.middleware';
import { noted } from './route-notes';
import { throttle } from './throttle.middleware';

/** Every route belongs to one: `credentials` is the strict one of sign-in, `none` is unlimited. */
export const RATE_LIMIT_CLASSES = ['none', 'read', 'write', 'upload', 'credentials'] as const;
export type RateLimitClass = (typeof RATE_LIMIT_CLASSES)[number];

type RateLimitDependencies = Pick<AppDependencies, 'config' | 'throttles'>;

/** One middleware per class; `credentials` keeps a budget of its own for each route that asks. */
export type RateLimits = Record<'read' | 'write' | 'upload', RequestHandler> & {
  credentials: (name: string) => RequestHandler;
};

/**
 * The limits that routes share. Put them behind authentication: a signed-in person has a budget of
 * their own, guests share the one of their address.
 */
export function createRateLimits(dependencies: RateLimitDependencies): RateLimits {
  const { config } = dependencies;
  const perMinute = (budget: Omit<ThrottleBudget, 'durationSeconds'>) =>
    throttle(dependencies, { ...budget, durationSeconds: 60 }, callerOf);
  return {
    // A shared counter would cost a database write for every read, so each instance counts its own.
    read: noted(perMinute({ name: 'read', points: config.readsPerMinute, scope: 'instance' }), {
      rateLimit: 'read',
    }),
    write: noted(perMinute({ name: 'write', points: config.writesPerMinute, scope: 'instance' }), {
      rateLimit: 'write',
    }),
    upload: noted(perMinute({ name: 'upload', points: config.uploadsPerMinute }), {
      rateLimit: 'upload',
    }),
    // By address, also of a signed-in person: whoever guesses passwords has no account to lose.
    credentials: (name) =>
      noted(
        throttle(dependencies, {
          name,
          points: config.credentialAttemptsPerMinute,
          durationSeconds: 60,
        }),
        { rateLimit: 'credentials' },
      ),
  };
}

function callerOf(request: Request): string {
  return optionalViewerOf(request)?.toString() ?? clientNetwork(request.ip);
}
