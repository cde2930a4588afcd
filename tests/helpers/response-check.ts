import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Response, Test } from 'supertest';
import { createDefaultOpenApi } from '../../src/docs/describe-api';
import type { ApiAnswer, JsonSchema, OperationObject } from '../../src/docs/openapi/types';
import { recordCall } from './route-coverage';

const openApi = createDefaultOpenApi();

/** What is served below a documented address without being part of the API. */
const UNDOCUMENTED = /^\/(api\/v1\/docs|account\/assets)\/./;

interface DocumentedPath {
  /** As in the routes, e.g. `/api/v1/videos/:videoId`. */
  path: string;
  pattern: RegExp;
  operations: Record<string, OperationObject>;
}

const PATHS: readonly DocumentedPath[] = Object.entries(openApi.paths)
  .map(([template, operations]) => ({
    path: template.replaceAll(/\{(\w+)\}/g, ':$1'),
    pattern: new RegExp(
      `^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`,
      'i',
    ),
    operations,
  }))
  // OpenAPI 3.1, paths object: concrete paths are matched before their templated counterparts.
  .sort((one, other) => specificity(other.path).localeCompare(specificity(one.path)));

/** Sorts `/users/history` before `/users/:name`. */
function specificity(path: string): string {
  return path
    .split('/')
    .map((part) => (part.startsWith(':') ? '0' : '1'))
    .join('');
}

/**
 * Makes every answer of a supertest agent fail its test unless the OpenAPI document knows it: for
 * `request.agent(url).use(checkAgainstDocument)`.
 */
export function checkAgainstDocument(test: unknown): void {
  (test as Test).expect(checkResponse);
}

/** @throws Error that says which answer of which route is not the documented one, and how */
function checkResponse(response: Response): void {
  const { method, url } = (response as unknown as { request: { method: string; url: string } })
    .request;
  const { pathname } = new URL(url);
  if (method === 'OPTIONS' || UNDOCUMENTED.test(pathname)) return;
  const found = PATHS.find(({ pattern }) => pattern.test(pathname));
  const operation = found?.operations[method === 'HEAD' ? 'get' : method.toLowerCase()];
  const call = `${method} ${found?.path ?? pathname}`;
  if (!operation) {
    checkRefusal(response, call);
    return;
  }
  const { code, errors } = failureOf(response);
  const fields = errors.map(({ field }) => field);
  recordCall({ route: call, status: response.status, code, fields });
  checkOperation(response, call, operation, method === 'HEAD');
}

function failureOf(response: Response): { code?: string; errors: { field: string }[] } {
  const { code, errors } = (response.body ?? {}) as { code?: string; errors?: { field: string }[] };
  return response.status < 400 ? { errors: [] } : { code, errors: errors ?? [] };
}

/** An address or a method that is not documented can only be refused. */
function checkRefusal(response: Response, call: string): void {
  if (response.status < 400) {
    throw new Error(
      `${call} answered ${response.status} and has no operation: add it to src/docs/operations`,
    );
  }
  check({ $ref: '#/components/schemas/Failure' }, response, `${call}, which does not exist,`);
}

function checkOperation(
  response: Response,
  call: string,
  operation: OperationObject,
  isHead: boolean,
): void {
  const { status } = response;
  const answer = operation.responses[status];
  const { code } = failureOf(response);
  if (!answer) {
    throw new Error(
      `${call} answered ${[status, code].join(' ')}, a status that its operation does not have: ` +
        `add '${status} ${code ?? 'CODE'}' to its failures, or mend the route`,
    );
  }
  for (const name of Object.keys(answer.headers ?? {})) {
    if (response.headers[name.toLowerCase()] === undefined) {
      throw new Error(`${call} answered ${status} without the documented header ${name}`);
    }
  }
  if (!isHead) checkContent(response, call, answer);
}

function checkContent(response: Response, call: string, { content }: ApiAnswer): void {
  const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (!content) {
    if (response.status === 304 || response.status === 206) return;
    throw new Error(`${call} answered ${response.status} with ${type} where no body is documented`);
  }
  const documented = content[type] ?? content['*/*'];
  if (!documented) {
    const expected = Object.keys(content).join(', ');
    throw new Error(`${call} answered ${type} where ${expected} is documented`);
  }
  if (documented.schema && type === 'application/json') check(documented.schema, response, call);
}

const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
addFormats(ajv);
ajv.addVocabulary(['components']);
ajv.addFormat('jwt', /^[\w-]+\.[\w-]+\.[\w-]+$/);

const validators = new Map<object, ValidateFunction>();

function check(schema: object, response: Response, call: string): void {
  let validate = validators.get(schema);
  if (!validate) {
    validate = ajv.compile({ ...schema, components: openApi.components } as JsonSchema);
    validators.set(schema, validate);
  }
  if (validate(response.body)) return;
  const faults = (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `  ${instancePath === '' ? 'the body' : instancePath} ${message} ${JSON.stringify(params)}`,
  );
  throw new Error(
    [
      `${call} answered ${response.status} with a body that is not the documented one:`,
      ...faults.slice(0, 10),
      `The body: ${response.text.slice(0, 1000)}`,
    ].join('\n'),
  );
}
