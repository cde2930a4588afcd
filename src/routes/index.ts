import type { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { LOCAL_MEDIA_PATH } from '../services/media/local-store';
import { createHealthcheckRouter, createReadinessRouter } from './healthcheck.routes';
import { createLikeRouter } from './like.routes';
import { createMediaRouter } from './media.routes';
import { createSubscriptionRouter } from './subscription.routes';
import { createUserRouter } from './user.routes';
import { createVideoRouter } from './video.routes';
import { createWatchHistoryRouter } from './watch-history.routes';

/** Every address of the product and the router behind it; the first match answers. */
export function createRoutes(dependencies: AppDependencies): [path: string, router: Router][] {
  return [
    ['/readyz', createReadinessRouter(dependencies)],
    [LOCAL_MEDIA_PATH, createMediaRouter(dependencies)],
    [`${API_PREFIX}/healthcheck`, createHealthcheckRouter()],
    [`${API_PREFIX}/users/history`, createWatchHistoryRouter(dependencies)],
    [`${API_PREFIX}/users`, createUserRouter(dependencies)],
    [`${API_PREFIX}/videos`, createVideoRouter(dependencies)],
    [`${API_PREFIX}/likes`, createLikeRouter(dependencies)],
    [`${API_PREFIX}/subscriptions`, createSubscriptionRouter(dependencies)],
  ];
}
