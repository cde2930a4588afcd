import { z } from 'zod';
import {
  CATEGORY_MAX_LENGTH,
  DESCRIPTION_MAX_LENGTH,
  MAX_TAGS,
  QUERY_MAX_LENGTH,
  TAG_MAX_LENGTH,
  TITLE_MAX_LENGTH,
  VIDEO_SORT_KEYS,
} from '../constants';
import {
  formBoolean,
  objectId,
  optionalLine,
  optionalText,
  pagingQuery,
  sortType,
  writtenLine,
} from './common.validator';
import { uploadReference } from './upload.validator';

/** Tags as a list, or as forms send one: repeated fields, JSON text, or words between commas. */
const tags = z
  .preprocess(
    (value) => (typeof value === 'string' ? splitTags(value) : value),
    z.array(writtenLine(TAG_MAX_LENGTH)),
  )
  .transform((list) => [...new Set(list)])
  .pipe(z.array(z.string()).max(MAX_TAGS))
  .meta({
    wireForm: {
      description: 'A list, or its text: JSON, or words between commas.',
      anyOf: [
        {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: TAG_MAX_LENGTH },
          maxItems: MAX_TAGS,
        },
        { type: 'string' },
      ],
    },
  });

function splitTags(text: string): unknown {
  if (text.trimStart().startsWith('[')) {
    try {
      return JSON.parse(text);
    } catch (error) {
      // Not JSON after all, so the bracket belongs to a tag.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return text.split(',').filter((tag) => tag.trim() !== '');
}

const title = writtenLine(TITLE_MAX_LENGTH);
const description = optionalText(DESCRIPTION_MAX_LENGTH);
const category = optionalLine(CATEGORY_MAX_LENGTH);

/** Files that have come already; the upload middleware takes them before a validator sees them. */
const uploadsInstead = {
  videoUpload: uploadReference.optional(),
  thumbnailUpload: uploadReference.optional(),
};

/** POST /videos, beside its files. */
export const publishVideoSchema = z.object({
  body: z.strictObject({
    title,
    description: description.default(''),
    tags: tags.default([]),
    category: category.default(''),
    isPublished: formBoolean.default(true),
    ...uploadsInstead,
  }),
});

/** GET /videos */
export const listVideosSchema = z.object({
  query: z.object({
    ...pagingQuery,
    query: z.string().trim().max(QUERY_MAX_LENGTH).optional(),
    sortBy: z.enum(VIDEO_SORT_KEYS).optional(),
    sortType,
    userId: objectId.optional(),
    username: z.string().trim().toLowerCase().optional(),
    category: z.string().trim().toLowerCase().max(CATEGORY_MAX_LENGTH).optional(),
    tag: z.string().trim().toLowerCase().max(TAG_MAX_LENGTH).optional(),
  }),
});

export type VideoListQuery = z.output<typeof listVideosSchema>['query'];

/** PATCH /videos/:videoId, beside a thumbnail. */
export const updateVideoSchema = z.object({
  params: z.object({ videoId: objectId }),
  body: z
    .strictObject({ title, description, tags, category, thumbnailUpload: uploadReference })
    .partial(),
});

/** Every route with a `:videoId` and nothing else. */
export const videoIdSchema = z.object({ params: z.object({ videoId: objectId }) });

/** GET /videos/:videoId/related */
export const relatedVideosSchema = videoIdSchema.extend({ query: z.object(pagingQuery) });
