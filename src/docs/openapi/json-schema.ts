import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonSchema } from './types';

declare module 'zod' {
  interface GlobalMeta {
    /** What clients write, where that cannot be told from the schema: it replaces the whole form. */
    wireForm?: JsonSchema;
  }
}

/** Turns zod schemas into JSON Schema and gathers those with an id for `components/schemas`. */
export interface SchemaCollector {
  readonly components: Record<string, JsonSchema>;
  /**
   * The form of what clients write or read.
   * @throws Error when a schema has none, or when two different ones share an id
   */
  convert(schema: z.ZodType): JsonSchema;
}

export function createSchemaCollector(): SchemaCollector {
  const components: Record<string, JsonSchema> = {};
  const hoist = (definitions: Record<string, JsonSchema>): void => {
    for (const [id, definition] of Object.entries(definitions)) {
      if (components[id] && !isDeepStrictEqual(components[id], definition)) {
        throw new Error(`Two different schemas have the id ${id}`);
      }
      components[id] = definition;
    }
  };
  return {
    components,
    convert(schema) {
      const { $defs, $schema: _dialect, ...rest } = toJsonSchema(schema);
      hoist(($defs ?? {}) as Record<string, JsonSchema>);
      return rest;
    },
  };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  const form = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => tidy(jsonSchema as JsonSchema),
  });
  const text = JSON.stringify(form).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as JsonSchema;
}

/** Replaces what has a wire form, and drops what says nothing to a reader. */
function tidy(form: JsonSchema): void {
  if (form.wireForm) {
    const { wireForm } = form;
    for (const key of Object.keys(form)) delete form[key];
    Object.assign(form, wireForm);
  }
  // `format` says it, and the pattern of leap years is no help.
  if (form.format === 'date-time') delete form.pattern;
  if (form.maximum === Number.MAX_SAFE_INTEGER) delete form.maximum;
}
