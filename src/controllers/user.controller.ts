import type { Request } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { optionalViewerOf, sessionOf, viewerOf } from '../middlewares/authenticate.middleware';
import { requiredFile, uploadedFiles } from '../middlewares/upload.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentAccount, presentChannel } from '../presenters/user.presenter';
import { createAccountService } from '../services/account.service';
import { audit, auditFailure, type AuditFields } from '../services/audit.service';
import { getChannelProfile } from '../services/channel.service';
import { createEmailAddresses } from '../services/email-address.service';
import { createLoginGuard } from '../services/login-guard.service';
import type { PasswordService } from '../services/password.service';
import { getAccount } from '../services/profile.service';
import { createSessionService, type Device } from '../services/session.service';
import { assertNotSuspended } from '../services/suspension';
import { createTokenService } from '../services/token.service';
import { createTwoFactorService } from '../services/two-factor.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { missingToken } from '../utils/authentication-errors';
import { requireOwnSite } from '../utils/request-origin';
import { clearTokenCookies, forgetDeadTokens, setTokenCookies } from '../utils/token-cookies';
import { refreshTokenOf } from '../utils/token-transport';
import {
  channelSchema,
  loginSchema,
  refreshTokenSchema,
  registerSchema,
} from '../validators/user.validator';

/** Handlers of /users: accounts, sessions and channel pages. */
export function createUserController(
  dependencies: AppDependencies & { passwords: PasswordService },
) {
  const { config, publicUrl } = dependencies;
  const accounts = createAccountService(dependencies);
  const emailAddresses = createEmailAddresses(dependencies);
  const sessions = createSessionService({ ...dependencies, tokens: createTokenService(config) });
  const loginGuard = createLoginGuard(dependencies);
  const twoFactor = createTwoFactorService(dependencies);

  return {
    register: asyncHandler(async (request, response) => {
      const { body } = inputOf(registerSchema, request);
      const avatar = requiredFile(request, 'avatar');
      const { coverImage } = uploadedFiles(request);
      const user = await accounts.register({ ...body, avatar, coverImage });
      audit(request, 'account-registered', { userId: user._id });
      emailAddresses.sendFirst(user);
      response.location(`${API_PREFIX}/users/c/${user.username}`);
      sendResponse(response, 201, presentAccount(user, publicUrl()), 'Account created');
    }),

    login: asyncHandler(async (request, response) => {
      const { body } = inputOf(loginSchema, request);
      const device = deviceOf(request);
      const known: AuditFields = {};
      const prove = async () => {
        const owner = await accounts.verifyCredentials(body);
        known.userId = owner._id;
        if (owner.hasTwoFactor) {
          const factor = await twoFactor.requireSecondFactor(owner._id, body.code, 'sign-in');
          if (factor === 'recovery code') audit(request, 'recovery-code-used', known);
        }
        assertNotSuspended(owner);
        return owner;
      };
      const user = await loginGuard
        .watch({ identifiers: body.identifiers, ip: device.ip }, prove)
        .catch(auditFailure(request, 'login', known));
      const tokens = await sessions.open(user, device).catch(auditFailure(request, 'login', known));
      setTokenCookies(request, response, tokens, config);
      sendResponse(
        response,
        200,
        { user: presentAccount(user, publicUrl()), ...tokens },
        'Signed in',
      );
    }),

    logout: asyncHandler(async (request, response) => {
      await sessions.end(viewerOf(request), sessionOf(request));
      audit(request, 'logout');
      clearTokenCookies(response, config);
      sendResponse(response, 200, {}, 'Signed out');
    }),

    refreshToken: asyncHandler(async (request, response) => {
      const { body } = inputOf(refreshTokenSchema, request);
      const token = refreshTokenOf(request, body.refreshToken);
      if (!token) throw missingToken();
      if (token.ambient) requireOwnSite(request, config);
      const tokens = await sessions
        .rotate(token.value, deviceOf(request))
        .catch((error: unknown) => {
          if (token.ambient) forgetDeadTokens(error, response, config);
          throw error;
        });
      setTokenCookies(request, response, tokens, config);
      sendResponse(response, 200, tokens, 'Access token refreshed');
    }),

    currentUser: asyncHandler(async (request, response) => {
      const user = await getAccount(viewerOf(request));
      sendResponse(response, 200, presentAccount(user, publicUrl()), 'The signed-in user');
    }),

    channel: asyncHandler(async (request, response) => {
      const { params } = inputOf(channelSchema, request);
      const viewer = optionalViewerOf(request);
      const channel = await getChannelProfile(params.username, viewer);
      sendResponse(response, 200, presentChannel(channel, publicUrl(), viewer), 'Channel profile');
    }),
  };
}

function deviceOf(request: Request): Device {
  return {
    ip: request.ip ?? '',
    userAgent: request.get('user-agent') ?? '',
    requestId: request.id,
  };
}
