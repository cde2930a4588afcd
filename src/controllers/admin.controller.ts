import type { AppDependencies } from '../app-dependencies';
import { moderatorOf } from '../middlewares/require-role.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentAccountForAdmin } from '../presenters/moderation.presenter';
import { audit } from '../services/audit.service';
import { changeRole, listAccounts } from '../services/role.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { changeRoleSchema, listAccountsSchema } from '../validators/admin.validator';

/** Handlers of /admin. */
export function createAdminController({ publicUrl }: Pick<AppDependencies, 'publicUrl'>) {
  return {
    listAccounts: asyncHandler(async (request, response) => {
      const { query } = inputOf(listAccountsSchema, request);
      const { rows, pagination } = await listAccounts(query, query);
      const accounts = rows.map((user) => presentAccountForAdmin(user, publicUrl()));
      sendResponse(response, 200, accounts, 'Accounts', { pagination });
    }),

    changeRole: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(changeRoleSchema, request);
      const user = await changeRole(moderatorOf(request), params.userId, body.role);
      audit(request, 'role-change', { user: params.userId, role: body.role });
      sendResponse(response, 200, presentAccountForAdmin(user, publicUrl()), 'Role changed');
    }),
  };
}
