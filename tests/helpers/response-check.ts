import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Response, Test } from 'supertest';
import type { ApiAnswer, OperationObject } from '../../src/docs/openapi/types';
import { readOpenApiSnapshot } from './openapi-snapshot';
import { recordCall } from './route-coverage';

const openApi = readOpenApiSnapshot();

/** What is served below a documented address without being part of the API. */
const UNDOCUMENTED = /^\/(api\/v1\/docs|account\/assets)\/./;

/** More slashes are the same address, but below /account, whose pages name their files relative to it. */
function endOfPath(template: string): string {
  if (template.startsWith('/account/')) return '';
  // After a parameter, more than one could be an empty one of a longer address.
  return template.endsWith('}') ? '/?' : '/*';
}

interface DocumentedPath {
  /** As in the document, e.g. `/api/v1/videos/{videoId}`. */
  template: string;
  /** As in the routes, e.g. `/api/v1/videos/:videoId`. */
  path: string;
  pattern: RegExp;
  operations: Record<string, OperationObject>;
}

const PATHS: readonly DocumentedPath[] = Object.entries(openApi.paths)
  .map(([template, operations]) => ({
    template,
    path: template.replaceAll(/\{(\w+)\}/g, ':$1'),
    pattern: new RegExp(
      `^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}${endOfPath(template)}$`,
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
  (test as Test).expect((response: Response) => {
    checkAnswer((response as unknown as { request: CheckedRequest }).request, response);
  });
}

export interface CheckedRequest {
  method: string;
  url: string;
}

/** Of an answer, what is compared with the document. */
export interface CheckedAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body. */
  body: unknown;
  text: string;
}

/** @throws Error that says which answer of which route is not the documented one, and how */
export function checkAnswer({ method, url }: CheckedRequest, response: CheckedAnswer): void {
  // As it was sent: URL would take the dots out of `/..`.
  const [pathname = ''] = url.slice(new URL(url).origin.length).split('?', 1);
  if (method === 'OPTIONS' || UNDOCUMENTED.test(pathname)) return;
  const found = PATHS.find(({ pattern }) => pattern.test(pathname));
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  const operation = found?.operations[verb];
  const call = `${method} ${found?.path ?? pathname}`;
  if (!operation) {
    checkRefusal(response, call);
    return;
  }
  const { code, errors } = failureOf(response);
  const fields = errors.map(({ field }) => field);
  recordCall({ route: call, status: response.status, code, fields });
  const answer = documentedAnswer(response, call, operation);
  if (method === 'HEAD') return;
  checkContent(response, call, answer);
}

function failureOf(response: CheckedAnswer): { code?: string; errors: { field: string }[] } {
  const { code, errors } = (response.body ?? {}) as { code?: string; errors?: { field: string }[] };
  return response.status < 400 ? { errors: [] } : { code, errors: errors ?? [] };
}

/** An address or a method that is not documented can only be refused. */
function checkRefusal(response: CheckedAnswer, call: string): void {
  if (response.status < 400) {
    throw new Error(
      `${call} answered ${response.status} and has no operation: add it to src/docs/operations`,
    );
  }
  // RFC 9110 section 9.3.2: to HEAD, no refusal has a body either.
  if (call.startsWith('HEAD ')) return;
  check(FAILURE, response, `${call}, which does not exist,`);
}

function documentedAnswer(
  response: CheckedAnswer,
  call: string,
  operation: OperationObject,
): ApiAnswer {
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
  return answer;
}

function checkContent(response: CheckedAnswer, call: string, { content }: ApiAnswer): void {
  const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (!content) {
    if ([204, 206, 304].includes(response.status)) return;
    throw new Error(`${call} answered ${response.status} with ${type} where no body is documented`);
  }
  const documented = content[type] ?? content['*/*'];
  if (!documented) {
    const expected = Object.keys(content).join(', ');
    throw new Error(`${call} answered ${type} where ${expected} is documented`);
  }
  if (documented.schema && type === 'application/json') {
    check(documented.schema, response, call);
  }
}

// The document itself is judged once, by its own tests, and not again for every file of this run.
const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true, validateSchema: false });
addFormats(ajv);
ajv.addFormat('jwt', /^[\w-]+\.[\w-]+\.[\w-]+$/);
// One by one: of the document as a whole, ajv would read every corner before its first answer.
for (const [name, schema] of Object.entries(openApi.components.schemas)) {
  ajv.addSchema(withOwnNames(schema), name);
}

const FAILURE = { $ref: '#/components/schemas/Failure' };

/** Compiled when an answer first needs it. */
const validators = new WeakMap<object, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema) ?? ajv.compile(withOwnNames(schema));
  validators.set(schema, known);
  return known;
}

/** The schema, referring to the components by the names that they were added under. */
function withOwnNames(schema: object): object {
  const text = JSON.stringify(schema).replaceAll('"#/components/schemas/', '"');
  return JSON.parse(text) as object;
}

function check(schema: object, response: CheckedAnswer, call: string): void {
  const validate = validatorOf(schema);
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
