import { Types } from 'mongoose';
import { z } from 'zod';
import { DEFAULT_PAGE_SIZE, MAX_PAGED_ROWS, MAX_PAGE_SIZE } from '../constants';
import { fieldName } from '../utils/validation-issues';

/** A rule's message, in a sentence that starts with the field's name. */
export const says = (rule: string) => ({
  error: (issue: z.core.$ZodRawIssue) => `${fieldName(issue.path ?? [])} ${rule}`,
});

/** Blanks, controls, and what is drawn as nothing: U+2800 is a Braille cell without dots. */
const INVISIBLE = /^[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u;
/** Lone surrogates are no text (they could not be stored as they are), nor are most controls. */
const NO_TEXT = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u;
const LINE_BREAK_OR_TAB = /[\t\n\r]/;

const isVisible = (text: string): boolean => text === '' || !INVISIBLE.test(text);
const isInOneLine = (text: string): boolean => !LINE_BREAK_OR_TAB.test(text);
const NO_CONTROLS = says('must not contain control characters');

/**
 * What people may write to be read by others, or leave empty: any script, emoji and line breaks.
 * Markup is text too; it is stored as it came, and whoever shows it escapes it (OWASP, XSS
 * prevention: encode on output).
 * @param maxLength in code points, without the blanks around it
 */
export const optionalText = (maxLength: number) =>
  z
    .string()
    .trim()
    .max(maxLength)
    .refine((text) => !NO_TEXT.test(text), NO_CONTROLS);

/** The same where something visible must be written. */
export const writtenText = (maxLength: number) =>
  optionalText(maxLength).min(1).refine(isVisible, says('must not be empty'));

/** The same in one line: it stands in headings, in lists and beside comments. */
export const writtenLine = (maxLength: number) =>
  writtenText(maxLength).refine(isInOneLine, NO_CONTROLS);

/** One line that may be left empty. */
export const optionalLine = (maxLength: number) =>
  optionalText(maxLength).refine(isInOneLine, NO_CONTROLS);

/** A MongoDB ObjectId as clients see it: 24 hexadecimal digits. */
export const objectId = z
  .string()
  .regex(/^[0-9a-fA-F]{24}$/, says('is not a valid id'))
  .transform((id) => new Types.ObjectId(id));

/** A number from JSON, or its text from a form or a query string. */
export const formNumber = z.union(
  [
    z.number(),
    z
      .string()
      .trim()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ],
  says('must be a number'),
);

const BOOLEAN_WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  on: true,
  false: false,
  '0': false,
  off: false,
};

/** A boolean from JSON, or the words that forms send for one. */
export const formBoolean = z
  .union(
    [
      z.boolean(),
      z
        .string()
        .trim()
        .toLowerCase()
        .refine((word) => Object.hasOwn(BOOLEAN_WORDS, word))
        .transform((word) => BOOLEAN_WORDS[word] === true),
    ],
    says('must be true or false'),
  )
  .meta({
    wireForm: { enum: [true, false, 'true', 'false', '1', '0', 'on', 'off'] },
  });

const positiveWholeNumber = z
  .string()
  .trim()
  .regex(/^0{0,9}[1-9]\d{0,8}$/, says('must be a whole number from 1'))
  .transform(Number);

/** `?page=`, counted from 1. */
export const page = positiveWholeNumber.default(1).meta({
  wireForm: {
    type: 'integer',
    minimum: 1,
    default: 1,
    description: `The page, counted from 1. It reaches the first ${MAX_PAGED_ROWS} rows; beyond them use \`cursor\`.`,
  },
});

/** `?limit=`: how many rows at most; more than MAX_PAGE_SIZE means MAX_PAGE_SIZE. */
export const limit = positiveWholeNumber
  .transform((value) => Math.min(value, MAX_PAGE_SIZE))
  .default(DEFAULT_PAGE_SIZE)
  .meta({
    wireForm: {
      type: 'integer',
      minimum: 1,
      default: DEFAULT_PAGE_SIZE,
      description: `How many rows at most; more than ${MAX_PAGE_SIZE} means ${MAX_PAGE_SIZE}.`,
    },
  });

/** `?cursor=`, as an earlier page gave it; the list decodes it, as it knows its order. */
export const cursor = z
  .string()
  .max(2000)
  .optional()
  .meta({ description: '`nextCursor` of the page before; it stands instead of `page`.' });

/** The paging parameters that every list takes. */
export const pagingQuery = { page, limit, cursor };

const SORT_TYPES = { asc: 1, '1': 1, desc: -1, '-1': -1 } as const;

/** `?sortType=` as a MongoDB sort direction; falling unless asked otherwise. */
export const sortType = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['asc', 'desc', '1', '-1']))
  .default('desc')
  .transform((word) => SORT_TYPES[word])
  .meta({ wireForm: { enum: ['asc', 'desc', '1', '-1'], default: 'desc' } });
