import { STATUS_CODES } from 'node:http';
import { RATE_LIMIT_HEADERS } from '../../utils/rate-limit-headers';
import type { RouteDescription } from '../describe-routes';
import type { Operation, OtherAnswer } from '../operation';
import { pagination } from '../schemas/common.schema';
import { failuresOf } from './failures';
import type { SchemaCollector } from './json-schema';
import type { ApiAnswer, JsonSchema, MediaType } from './types';

const JSON_TYPE = 'application/json';

/** Headers that answers of these statuses carry, by status. */
const HEADERS: Readonly<Record<number, readonly string[]>> = {
  201: ['Location'],
  202: ['Location'],
  401: ['WWW-Authenticate'],
  429: ['Retry-After', ...RATE_LIMIT_HEADERS],
};

const DESCRIPTIONS: Readonly<Record<number, string>> = { 201: 'Created', 202: 'Accepted' };

/** Every documented answer of a route, by status. */
export function responsesOf(
  route: RouteDescription,
  operation: Operation,
  collector: SchemaCollector,
): Record<string, ApiAnswer> {
  const statusCode = operation.statusCode ?? 200;
  const others = Object.entries(operation.otherAnswers ?? {}).map(
    ([status, other]) => [status, otherAnswer(operation, other, collector)] as const,
  );
  const failures = [...failuresOf(route, operation)];
  return {
    [statusCode]: {
      description: DESCRIPTIONS[statusCode] ?? 'Done',
      // Failures may come before the limit is looked at.
      ...headersOf(statusCode, operation.rateLimit === 'none' ? [] : RATE_LIMIT_HEADERS),
      ...(statusCode !== 204 && { content: successContent(operation, statusCode, collector) }),
    },
    ...Object.fromEntries(others),
    ...Object.fromEntries(failures.map(([status, codes]) => [status, failure(status, codes)])),
  };
}

function otherAnswer(
  operation: Operation,
  other: string | OtherAnswer,
  collector: SchemaCollector,
): ApiAnswer {
  if (typeof other === 'string') return { description: other };
  const { statusCode, description, data } = other;
  const example = { ...operation.example, data };
  return {
    description,
    ...headersOf(statusCode, operation.rateLimit === 'none' ? [] : RATE_LIMIT_HEADERS),
    content: successContent({ ...operation, statusCode, example }, statusCode, collector),
  };
}

function successContent(
  operation: Operation,
  statusCode: number,
  collector: SchemaCollector,
): Record<string, MediaType> {
  const { answer, shape = 'envelope', contentType = JSON_TYPE, example, summary } = operation;
  const data = collector.convert(answer);
  if (shape === 'plain') {
    return {
      [contentType]: { schema: data, ...(isJson(contentType) && { example: example.data }) },
    };
  }
  const page = shape === 'array page' ? { pagination: collector.convert(pagination) } : {};
  const envelope: JsonSchema = {
    type: 'object',
    properties: {
      statusCode: { const: statusCode },
      data,
      message: { type: 'string', minLength: 1 },
      success: { const: true },
      ...page,
    },
    required: ['statusCode', 'data', 'message', 'success', ...Object.keys(page)],
    additionalProperties: false,
  };
  return { [JSON_TYPE]: { schema: envelope, example: exampleAnswer(operation, summary) } };
}

function isJson(contentType: string): boolean {
  return contentType === JSON_TYPE;
}

/** The whole body of an example answer. */
export function exampleAnswer(operation: Operation, message: string): Record<string, unknown> {
  const { statusCode = 200, shape, example } = operation;
  return {
    statusCode,
    data: example.data,
    message,
    success: true,
    ...(shape === 'array page' && {
      pagination: { limit: 20, hasNextPage: false, nextCursor: null },
    }),
  };
}

function failure(status: number, codes: readonly string[]): ApiAnswer {
  return {
    description: `${STATUS_CODES[status] ?? 'Failure'}: ${codes.join(', ')}`,
    ...headersOf(status),
    content: {
      [JSON_TYPE]: {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Failure' }],
          properties: { statusCode: { const: status }, code: { enum: codes } },
        },
      },
    },
  };
}

function headersOf(status: number, further: readonly string[] = []): Pick<ApiAnswer, 'headers'> {
  const names = [...(HEADERS[status] ?? []), ...further];
  if (names.length === 0) return {};
  return {
    headers: Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    ),
  };
}
