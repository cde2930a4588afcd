/** The part of OpenAPI 3.1 that our document uses (https://spec.openapis.org/oas/v3.1.1). */

/** JSON Schema, dialect 2020-12. */
export type JsonSchema = Record<string, unknown>;

export interface MediaType {
  schema?: JsonSchema | Reference;
  example?: unknown;
  encoding?: Record<string, { contentType: string }>;
}

export interface Reference {
  $ref: string;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: JsonSchema;
  example?: unknown;
}

export interface RequestBody {
  required: boolean;
  content: Record<string, MediaType>;
}

export interface ApiAnswer {
  description: string;
  headers?: Record<string, Reference>;
  content?: Record<string, MediaType>;
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  deprecated?: boolean;
  parameters?: Parameter[];
  requestBody?: RequestBody;
  responses: Record<string, ApiAnswer>;
  security: Record<string, string[]>[];
  'x-rate-limit'?: RateLimitExtension;
}

/** How many calls of this class one caller may make in a minute. */
export interface RateLimitExtension {
  class: string;
  perMinute: number;
  countedBy: string;
}

export interface OpenApiDocument {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    summary: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: {
    schemas: Record<string, JsonSchema>;
    headers: Record<string, { description: string; schema: JsonSchema }>;
    securitySchemes: Record<string, Record<string, string>>;
  };
}
