import { z } from 'zod';
import { QUERY_MAX_LENGTH } from '../constants';
import { USER_ROLES } from '../models/user.model';
import { objectId, pagingQuery } from './common.validator';

/** GET /admin/users */
export const listAccountsSchema = z.object({
  query: z.object({
    ...pagingQuery,
    query: z
      .string()
      .trim()
      .toLowerCase()
      .max(QUERY_MAX_LENGTH)
      .optional()
      .meta({ description: 'The beginning of a username, or a whole e-mail address.' }),
    role: z.enum(USER_ROLES).optional(),
  }),
});

/** PATCH /admin/users/:userId/role */
export const changeRoleSchema = z.object({
  params: z.object({ userId: objectId }),
  body: z.strictObject({ role: z.enum(USER_ROLES) }),
});
