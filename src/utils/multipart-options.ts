import type { Options } from 'multer';
import { MAX_BODY_BYTES } from '../constants';

/** Text fields of one multipart form, at most. */
export const MAX_FORM_FIELDS = 50;

/** How every multipart form is read, whether it may bring files or not. */
export const MULTIPART_OPTIONS = {
  // The default reads names as Latin-1 and garbles all others.
  defParamCharset: 'utf8',
  limits: {
    fields: MAX_FORM_FIELDS,
    parts: MAX_FORM_FIELDS,
    fieldNameSize: 100,
    fieldSize: MAX_BODY_BYTES,
    // Nothing of ours takes more than a flat list; deep names only cost us memory.
    fieldNestingDepth: 1,
    fieldArrayIndexLimit: 100,
    headerPairs: 20,
  },
} as const satisfies Options;
