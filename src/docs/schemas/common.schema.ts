import { z } from 'zod';

/** Building blocks of what the API answers. Objects are closed: a field that is not here is a leak. */
export const id = z.string().regex(/^[0-9a-f]{24}$/);
export const time = z.iso.datetime();
export const count = z.int().min(0);
/** An absolute address, or an empty string where there is no picture. */
export const address = z.union([z.url(), z.literal('')]);
export const seconds = z.number().min(0);
export const nothing = z.strictObject({});

/** How a person appears beside the things that are theirs; null when the account is gone. */
export const owner = z
  .strictObject({ _id: id, username: z.string(), fullName: z.string(), avatar: address })
  .meta({ id: 'Owner' });

/** The page shape of mongoose-aggregate-paginate-v2, plus the cursor of the next page. */
export const pluginPage = (item: z.ZodType) =>
  z.strictObject({
    docs: z.array(item),
    totalDocs: count,
    limit: count,
    page: count,
    totalPages: count,
    pagingCounter: count,
    hasPrevPage: z.boolean(),
    hasNextPage: z.boolean(),
    prevPage: count.nullable(),
    nextPage: count.nullable(),
    nextCursor: z.string().nullable(),
  });

/** What stands beside `data` when a list is a bare array. */
export const pagination = z
  .strictObject({
    limit: count,
    hasNextPage: z.boolean(),
    nextCursor: z.string().nullable(),
    totalDocs: count.optional(),
  })
  .meta({ id: 'Pagination' });

export const failure = z
  .strictObject({
    statusCode: z.int(),
    data: z.null(),
    success: z.literal(false),
    message: z.string().min(1),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string(), code: z.string() })),
    code: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
    requestId: z.string().min(1),
  })
  .meta({ id: 'Failure' });

export const EXAMPLE_ID = '6650f1c2a4b5c6d7e8f90123';
export const EXAMPLE_TIME = '2026-03-14T09:26:53.589Z';
export const EXAMPLE_OWNER = {
  _id: '6650f0aaa4b5c6d7e8f90001',
  username: 'ada',
  fullName: 'Ada Lovelace',
  avatar: 'http://localhost:8000/media/3f/a1/3fa1c0de3fa1c0de3fa1c0de3fa1c0de.png',
};

/** The frame of an example page around its rows. */
export const examplePage = (docs: readonly unknown[]) => ({
  docs,
  totalDocs: docs.length,
  limit: 20,
  page: 1,
  totalPages: 1,
  pagingCounter: 1,
  hasPrevPage: false,
  hasNextPage: false,
  prevPage: null,
  nextPage: null,
  nextCursor: null,
});
