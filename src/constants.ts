/** Limits and allow-lists that are part of the HTTP contract. */

export const API_PREFIX = '/api/v1';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;
/** Pages beyond this many rows must use the cursor: skipping reads every key it skips. */
export const MAX_PAGED_ROWS = 10_000;
/** A search ranks what it finds, and finds no more than this: each costs its text to be scored. */
export const MAX_SEARCH_MATCHES = 1000;

/** The largest JSON or form body; a 5 000 character description fits in any script. */
export const MAX_BODY_BYTES = 64 * 1024;

export const TITLE_MAX_LENGTH = 150;
export const DESCRIPTION_MAX_LENGTH = 5000;
export const MAX_TAGS = 20;
export const TAG_MAX_LENGTH = 40;
export const CATEGORY_MAX_LENGTH = 50;
export const QUERY_MAX_LENGTH = 200;

export const VIDEO_SORT_KEYS = [
  'createdAt',
  'views',
  'duration',
  'title',
  'likesCount',
  'relevance',
] as const;

/** Watched this far, a video counts as watched to its end: few people sit through the credits. */
export const COMPLETED_SHARE = 0.95;

/** Lengths of texts are in Unicode code points, as JSON Schema counts: an emoji is at least one. */
export const COMMENT_MAX_LENGTH = 2000;
export const TWEET_MAX_LENGTH = 500;
export const PLAYLIST_NAME_MAX_LENGTH = 150;
export const PLAYLIST_DESCRIPTION_MAX_LENGTH = 1000;
/** A client's name of a file; what it has beyond that is cut off. */
export const FILE_NAME_MAX_LENGTH = 255;
/** A playlist is answered whole, so its length has a bound. */
export const PLAYLIST_MAX_VIDEOS = 500;

/** A feed is made of the newest so many subscriptions: each costs a key of every page. */
export const MAX_FEED_CHANNELS = 1000;

export const REPORT_DETAILS_MAX_LENGTH = 1000;
/** Why a moderator did something; the person concerned reads it. */
export const MODERATION_REASON_MAX_LENGTH = 500;

/** How far back GET /dashboard/views looks at most. */
export const MAX_DAILY_VIEWS_DAYS = 366;
