import type { z } from 'zod';
import { contentTypesOf } from '../../services/media/file-type';
import type { UploadRules } from '../../middlewares/upload/upload-rules';
import { formOnlyFields, kindsOf, requiredFields } from '../../middlewares/upload/upload-rules';
import type { RouteDescription } from '../describe-routes';
import type { Operation, OperationExample } from '../operation';
import type { SchemaCollector } from './json-schema';
import type { JsonSchema, MediaType, Parameter, RequestBody } from './types';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/** One part of a route's input: `params`, `query` or `body`; undefined when it has none. */
export function inputSchema(
  { notes }: RouteDescription,
  part: 'params' | 'query' | 'body',
): z.ZodType | undefined {
  return notes.schema?.shape[part] as z.ZodType | undefined;
}

/** Path and query parameters, from the validator of the route. */
export function parametersOf(
  route: RouteDescription,
  example: OperationExample,
  collector: SchemaCollector,
): Parameter[] {
  return (['params', 'query'] as const).flatMap((part) => {
    const schema = inputSchema(route, part);
    if (!schema) return [];
    const form = collector.convert(schema);
    const required = (form.required ?? []) as string[];
    const properties = (form.properties ?? {}) as Record<string, JsonSchema>;
    return Object.entries(properties).map(([name, { description, ...property }]) => ({
      name,
      in: part === 'params' ? ('path' as const) : ('query' as const),
      required: part === 'params' || required.includes(name),
      ...(description === undefined ? {} : { description: description as string }),
      schema: property,
      ...exampleOf(asType(property, example[part]?.[name])),
    }));
  });
}

/** Headers that the operation states; no validator knows of them. */
export function headersOf({ headers = {} }: Operation, example: OperationExample): Parameter[] {
  return Object.entries(headers).map(([name, { description, required = false, type }]) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type },
    ...exampleOf(asType({ type }, example.headers?.[name])),
  }));
}

/** A body that is the bytes of a file. */
export function fileBodyOf({ bodyType, example }: Operation): RequestBody | undefined {
  if (bodyType === undefined) return undefined;
  const required = example.fileBody !== undefined;
  return { required, content: { [bodyType]: { schema: { type: 'string', format: 'binary' } } } };
}

/** Addresses hold texts; a reader of the document sees the number that is meant. */
function asType({ type }: JsonSchema, text: string | undefined): unknown {
  return type === 'integer' && text !== undefined ? Number(text) : text;
}

function exampleOf(value: unknown): { example?: unknown } {
  return value === undefined ? {} : { example: value };
}

/** What a route takes as its body, in every media type in which it takes it. */
export function requestBodyOf(
  route: RouteDescription,
  example: OperationExample,
  collector: SchemaCollector,
): RequestBody | undefined {
  const { files, form } = route.notes;
  const schema = inputSchema(route, 'body');
  if (!schema && !files) return undefined;
  const fields: JsonSchema = schema ? collector.convert(schema) : { type: 'object' };
  const plain: MediaType = { schema: fields, ...exampleOf(example.body) };
  const mustBeForm = files !== undefined && formOnlyFields(files).length > 0;
  const content: Record<string, MediaType> = {
    ...(mustBeForm ? {} : { 'application/json': plain, [FORM]: plain }),
    ...(form ? { [MULTIPART]: plain } : {}),
    ...(files ? { [MULTIPART]: multipart(fields, files) } : {}),
  };
  const required =
    requiredFields(files ?? {}).length > 0 || ((fields.required ?? []) as string[]).length > 0;
  return { required, content };
}

function multipart(fields: JsonSchema, files: UploadRules): MediaType {
  const parts = Object.keys(files).map((name) => [name, { type: 'string', format: 'binary' }]);
  return {
    schema: {
      ...fields,
      properties: { ...(fields.properties as JsonSchema), ...Object.fromEntries(parts) },
      required: [...((fields.required ?? []) as string[]), ...formOnlyFields(files)],
    },
    encoding: Object.fromEntries(
      Object.entries(files).map(([name, rule]) => [
        name,
        { contentType: kindsOf(rule).flatMap(contentTypesOf).join(', ') },
      ]),
    ),
  };
}
