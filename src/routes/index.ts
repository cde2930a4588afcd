import type { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { describeRoutes } from '../docs/describe-routes';
import { LOCAL_MEDIA_PATH } from '../services/media/local-store';
import { UPLOADS_PATH } from '../services/uploads/tus-protocol';
import { ACCOUNT_PAGES_PATH, createAccountPagesRouter } from './account-pages.routes';
import { createAdminRouter } from './admin.routes';
import { createCommentRouter } from './comment.routes';
import { createDashboardRouter } from './dashboard.routes';
import { createDocsRouter } from './docs.routes';
import { createExportRouter } from './export.routes';
import { createHealthcheckRouter, createReadinessRouter } from './healthcheck.routes';
import { createLikeRouter } from './like.routes';
import { createMediaRouter } from './media.routes';
import { createMetricsRouter } from './metrics.routes';
import { createModerationRouter } from './moderation.routes';
import { createPlaylistRouter } from './playlist.routes';
import { createRecoveryRouter } from './recovery.routes';
import { createReportRouter } from './report.routes';
import { createSearchRouter } from './search.routes';
import { createSessionRouter } from './session.routes';
import { createSubscriptionRouter } from './subscription.routes';
import { createUserFileRouter } from './user-file.routes';
import { createUserRouter } from './user.routes';
import { createTweetRouter } from './tweet.routes';
import { createTwoFactorRouter } from './two-factor.routes';
import { createUploadRouter } from './upload.routes';
import { createVideoRouter } from './video.routes';
import { createWatchHistoryRouter } from './watch-history.routes';
import { createWebhookRouter } from './webhook.routes';

/** Every address of the product and the router behind it; the first match answers. */
export function createRoutes(dependencies: AppDependencies): [path: string, router: Router][] {
  const routes: [path: string, router: Router][] = [
    ['/readyz', createReadinessRouter(dependencies)],
    ['/metrics', createMetricsRouter(dependencies)],
    [LOCAL_MEDIA_PATH, createMediaRouter(dependencies)],
    [ACCOUNT_PAGES_PATH, createAccountPagesRouter()],
    [`${API_PREFIX}/healthcheck`, createHealthcheckRouter()],
    [`${API_PREFIX}/users/export`, createExportRouter(dependencies)],
    [`${API_PREFIX}/users/history`, createWatchHistoryRouter(dependencies)],
    [`${API_PREFIX}/users/sessions`, createSessionRouter(dependencies)],
    [`${API_PREFIX}/users/two-factor`, createTwoFactorRouter(dependencies)],
    [`${API_PREFIX}/users`, createRecoveryRouter(dependencies)],
    [`${API_PREFIX}/users`, createUserRouter(dependencies)],
    [UPLOADS_PATH, createUploadRouter(dependencies)],
    [`${API_PREFIX}/videos`, createVideoRouter(dependencies)],
    [`${API_PREFIX}/files`, createUserFileRouter(dependencies)],
    [`${API_PREFIX}/likes`, createLikeRouter(dependencies)],
    [`${API_PREFIX}/comments`, createCommentRouter(dependencies)],
    [`${API_PREFIX}/tweets`, createTweetRouter(dependencies)],
    [`${API_PREFIX}/playlist`, createPlaylistRouter(dependencies)],
    [`${API_PREFIX}/playlists`, createPlaylistRouter(dependencies)],
    [`${API_PREFIX}/dashboard`, createDashboardRouter(dependencies)],
    [`${API_PREFIX}/search`, createSearchRouter(dependencies)],
    [`${API_PREFIX}/subscriptions`, createSubscriptionRouter(dependencies)],
    [`${API_PREFIX}/reports`, createReportRouter(dependencies)],
    [`${API_PREFIX}/moderation`, createModerationRouter(dependencies)],
    [`${API_PREFIX}/admin`, createAdminRouter(dependencies)],
    [`${API_PREFIX}/webhooks`, createWebhookRouter(dependencies)],
  ];
  const docs: [path: string, router: Router] = [
    API_PREFIX,
    createDocsRouter(dependencies, () => describeRoutes([...routes, docs])),
  ];
  return [...routes, docs];
}
