import type { AppDependencies } from '../app-dependencies';
import { sessionOf, viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentSession } from '../presenters/session.presenter';
import { audit } from '../services/audit.service';
import { listSessions, revokeOtherSessions, revokeSession } from '../services/session-list.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { clearTokenCookies } from '../utils/token-cookies';
import { sessionIdSchema } from '../validators/session.validator';

/** Handlers of /users/sessions: the devices that a person is signed in on. */
export function createSessionController({ config }: Pick<AppDependencies, 'config'>) {
  return {
    list: asyncHandler(async (request, response) => {
      const sessions = await listSessions(viewerOf(request));
      const current = sessionOf(request);
      const data = sessions.map((session) => presentSession(session, current));
      sendResponse(response, 200, data, 'Your sessions');
    }),

    revoke: asyncHandler(async (request, response) => {
      const { sessionId } = inputOf(sessionIdSchema, request).params;
      await revokeSession(viewerOf(request), sessionId);
      audit(request, 'session-revoked', { revokedSessionId: sessionId });
      if (sessionId.equals(sessionOf(request))) clearTokenCookies(response, config);
      sendResponse(response, 200, {}, 'Session ended');
    }),

    revokeOthers: asyncHandler(async (request, response) => {
      const count = await revokeOtherSessions(viewerOf(request), sessionOf(request));
      audit(request, 'session-revoked', { revokedCount: count });
      sendResponse(response, 200, {}, 'Every other device is signed out');
    }),
  };
}
