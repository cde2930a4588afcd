import type { Config } from '../config';
import type { RouteDescription } from './describe-routes';
import { withExampleValues } from './example-values';
import { createSchemaCollector, type SchemaCollector } from './openapi/json-schema';
import { fileBodyOf, headersOf, parametersOf, requestBodyOf } from './openapi/request';
import { responsesOf } from './openapi/responses';
import { SECURITY, SECURITY_SCHEMES } from './openapi/security';
import type { OpenApiDocument, OperationObject, RateLimitExtension } from './openapi/types';
import type { Operation, Operations, RouteName } from './operation';
import { failure } from './schemas/common.schema';
import { TAG_LIST } from './tags';

type LimitsConfig = Pick<
  Config,
  'readsPerMinute' | 'writesPerMinute' | 'uploadsPerMinute' | 'credentialAttemptsPerMinute'
>;

export interface OpenApiSources {
  /** The mounted routes; what their middlewares ask for is what the document says. */
  routes: readonly RouteDescription[];
  operations: Operations;
  /** Where clients reach the server, without a trailing slash. */
  publicUrl: string;
  config: LimitsConfig;
}

/**
 * The description of the whole API as OpenAPI 3.1, from the routes, their validators and the
 * operations. HEAD is not listed: it goes with every GET (RFC 9110 section 9.3.2).
 * A route without an operation is left out; `tests/contract` allows none.
 */
export function createOpenApi(sources: OpenApiSources): OpenApiDocument {
  const collector = createSchemaCollector();
  collector.convert(failure);
  const paths: OpenApiDocument['paths'] = {};
  for (const route of sources.routes) {
    const operation = sources.operations[route.route as RouteName];
    if (!operation) continue;
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: describe(route, operation, sources.config, collector),
    };
  }
  return {
    openapi: '3.1.1',
    info: INFO,
    servers: [{ url: sources.publicUrl, description: 'This server' }],
    tags: usedTags(sources),
    paths,
    components: {
      schemas: collector.components,
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function describe(
  route: RouteDescription,
  operation: Operation,
  config: LimitsConfig,
  collector: SchemaCollector,
): OperationObject {
  const example = withExampleValues(operation.example);
  const parameters = [...parametersOf(route, example, collector), ...headersOf(operation, example)];
  const requestBody = fileBodyOf(operation) ?? requestBodyOf(route, example, collector);
  const limit = rateLimitOf(operation, config);
  return {
    operationId: operationIdOf(route),
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description !== undefined && { description: operation.description }),
    ...(operation.aliasOf !== undefined && {
      description: `The same as ${operation.aliasOf}.`,
    }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: responsesOf(route, { ...operation, example }, collector),
    security: SECURITY[operation.access],
    ...(limit && { 'x-rate-limit': limit }),
  };
}

/** `GET /api/v1/videos/:videoId` as `getVideosByVideoId`. */
function operationIdOf({ method, path }: RouteDescription): string {
  const words = path
    .replace(/^\/api\/v1/, '')
    .split(/[/.-]/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith(':') ? `by-${word.slice(1)}` : word))
    .flatMap((word) => word.split('-'));
  return [method.toLowerCase(), ...words.map(capitalize)].join('');
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function rateLimitOf(
  { rateLimit }: Operation,
  config: LimitsConfig,
): RateLimitExtension | undefined {
  const caller = 'signed-in person, or address of a guest';
  switch (rateLimit) {
    case 'none':
      return undefined;
    case 'read':
      return { class: rateLimit, perMinute: config.readsPerMinute, countedBy: caller };
    case 'write':
      return { class: rateLimit, perMinute: config.writesPerMinute, countedBy: caller };
    case 'upload':
      return { class: rateLimit, perMinute: config.uploadsPerMinute, countedBy: caller };
    case 'credentials': {
      const perMinute = config.credentialAttemptsPerMinute;
      return { class: rateLimit, perMinute, countedBy: 'address and route' };
    }
  }
}

function usedTags({ routes, operations }: OpenApiSources): OpenApiDocument['tags'] {
  const used = new Set(routes.map(({ route }) => operations[route as RouteName]?.tag));
  return TAG_LIST.filter(([name]) => used.has(name)).map(([name, { description }]) => ({
    name,
    description,
  }));
}

const INFO: OpenApiDocument['info'] = {
  title: 'VideoTube',
  version: '1.0.0',
  summary: 'The REST API of a video platform',
  description: [
    'Answers are `{ statusCode, data, message, success }`; failures are',
    '`{ statusCode, data: null, success: false, message, errors, code, requestId }`, where `code` is',
    'for programs and `message` for people.',
    '',
    'Sign in with `POST /api/v1/users/login` and send the access token as',
    '`Authorization: Bearer …`, or let the browser send the cookies. On any 401, refresh once with',
    '`POST /api/v1/users/refresh-token` and repeat.',
    '',
    'Lists take `page` and `limit`, or the `cursor` that the page before gave as `nextCursor`.',
    'Every route that takes JSON takes forms as well.',
  ].join('\n'),
  license: { name: 'MIT', identifier: 'MIT' },
};

const HEADERS: OpenApiDocument['components']['headers'] = {
  Location: {
    description: 'The address of what was made.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Retry-After': {
    description: 'Seconds until the next attempt may succeed.',
    schema: { type: 'integer', minimum: 1 },
  },
  'RateLimit-Policy': {
    description: 'The budget: its name, `q` calls in a window of `w` seconds.',
    schema: { type: 'string', examples: ['"login";q=60;w=60'] },
  },
  RateLimit: {
    description: 'What is left of it: `r` calls, and `t` seconds until all of them are back.',
    schema: { type: 'string', examples: ['"login";r=59;t=60'] },
  },
  'RateLimit-Limit': {
    description: '`q` of `RateLimit-Policy`.',
    schema: { type: 'integer', minimum: 1 },
  },
  'RateLimit-Remaining': {
    description: '`r` of `RateLimit`.',
    schema: { type: 'integer', minimum: 0 },
  },
  'RateLimit-Reset': {
    description: '`t` of `RateLimit`.',
    schema: { type: 'integer', minimum: 0 },
  },
  'WWW-Authenticate': {
    description: 'The scheme to sign in with; names a token that was refused as invalid.',
    schema: { type: 'string' },
  },
};
