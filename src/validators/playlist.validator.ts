import { z } from 'zod';
import { PLAYLIST_DESCRIPTION_MAX_LENGTH, PLAYLIST_NAME_MAX_LENGTH } from '../constants';
import { formBoolean, objectId, optionalText, pagingQuery, writtenLine } from './common.validator';

const name = writtenLine(PLAYLIST_NAME_MAX_LENGTH);
const description = optionalText(PLAYLIST_DESCRIPTION_MAX_LENGTH);

/** POST /playlist */
export const createPlaylistSchema = z.object({
  body: z.strictObject({
    name,
    description: description.default(''),
    isPublic: formBoolean.default(true),
  }),
});

/** Every route with a `:playlistId` and nothing else. */
export const playlistIdSchema = z.object({ params: z.object({ playlistId: objectId }) });

/** PATCH /playlist/:playlistId */
export const updatePlaylistSchema = playlistIdSchema.extend({
  body: z
    .strictObject({ name, description, isPublic: formBoolean })
    .partial()
    .superRefine((changes, context) => {
      if (Object.keys(changes).length > 0) return;
      context.addIssue({
        code: 'custom',
        path: ['name'],
        message: 'Send at least one of name, description and isPublic',
      });
    }),
});

/** PATCH /playlist/add/:videoId/:playlistId and /playlist/remove/:videoId/:playlistId */
export const playlistVideoSchema = z.object({
  params: z.object({ videoId: objectId, playlistId: objectId }),
});

/** GET /playlist/user/:userId */
export const listPlaylistsSchema = z.object({
  params: z.object({ userId: objectId }),
  query: z.object(pagingQuery),
});
