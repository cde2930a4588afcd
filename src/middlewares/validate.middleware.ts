import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { ApiError, type FieldError } from '../utils/api-error';
import { describeIssue, toFieldErrors } from '../utils/validation-issues';
import { noted } from './route-notes';

/** One operation's input: a zod object of `params`, `query` and `body`, each optional. */
export type RequestSchema = z.ZodObject;

const REQUEST_PARTS = ['params', 'query', 'body'] as const;

// Express 5 has a getter for request.query and clients own request.body: what was checked is kept
// apart, so a handler can only read what its schema let through.
const validatedInputs = new WeakMap<Request, { schema: RequestSchema; input: unknown }>();

/**
 * Checks params, query and body against one schema and answers 400 VALIDATION_FAILED with every
 * fault. Parts that the schema does not name are not looked at.
 */
export function validate(schema: RequestSchema): RequestHandler {
  const check: RequestHandler = (request, _response, next) => {
    const input: Record<string, unknown> = {};
    const faults: FieldError[] = [];
    for (const part of REQUEST_PARTS) {
      const partSchema = schema.shape[part] as z.ZodType | undefined;
      if (!partSchema) continue;
      const result = z.safeParse(partSchema, readPart(request, part), {
        error: describeIssue,
        // Tells a missing field from a wrong one; the value itself goes no further.
        reportInput: true,
      });
      if (result.success) input[part] = result.data;
      else faults.push(...toFieldErrors(result.error.issues));
    }
    if (faults.length > 0) {
      throw ApiError.badRequest(faults[0]?.message ?? 'Invalid input', {
        code: 'VALIDATION_FAILED',
        errors: faults,
      });
    }
    validatedInputs.set(request, { schema, input });
    next();
  };
  return noted(check, { schema });
}

/**
 * The checked input of a request, typed by its schema.
 * @throws Error when the route forgot `validate(schema)`: a programming error
 */
export function inputOf<Schema extends RequestSchema>(
  schema: Schema,
  request: Request,
): z.output<Schema> {
  const validated = validatedInputs.get(request);
  if (validated?.schema !== schema) {
    throw new Error('This route reads input that no validate() in its stack has checked');
  }
  return validated.input as z.output<Schema>;
}

function readPart(request: Request, part: (typeof REQUEST_PARTS)[number]): unknown {
  if (part === 'params') return request.params;
  if (part === 'body') return (request.body as unknown) ?? {};
  // `?limit=` says nothing, as leaving it out does; neither does an empty search box.
  return Object.fromEntries(Object.entries(request.query).filter(([, value]) => !isBlank(value)));
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}
