import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Response, Test } from 'supertest';
import { createDefaultOpenApi } from '../../src/docs/describe-api';
import type { ApiAnswer, OperationObject } from '../../src/docs/openapi/types';
import { recordCall } from './route-coverage';

const openApi = createDefaultOpenApi();

/** What is served below a documented address without being part of the API. */
const UNDOCUMENTED = /^\/(api\/v1\/docs|account\/assets)\/./;

/** More slashes are the same address, but below /account, whose pages name their files relative to it. */
const endOfPath = (template: string): string => (template.startsWith('/account/') ? '' : '/*');

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
  const place = ['paths', found.template, verb, 'responses', String(response.status)];
  checkContent(response, call, answer, place);
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
  check(['components', 'schemas', 'Failure'], response, `${call}, which does not exist,`);
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

/** @param place the steps to the answer in the document */
function checkContent(
  response: CheckedAnswer,
  call: string,
  { content }: ApiAnswer,
  place: readonly string[],
): void {
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
  if (documented.schema && type === 'application/json') {
    check([...place, 'content', type in content ? type : '*/*', 'schema'], response, call);
  }
}

const DOCUMENT = 'openapi.json';
const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
addFormats(ajv);
ajv.addFormat('jwt', /^[\w-]+\.[\w-]+\.[\w-]+$/);
// As a whole, so that a schema is compiled when it is first needed, once for all who refer to it.
ajv.addVocabulary(Object.keys(openApi));
ajv.addSchema(openApi, DOCUMENT);

/** @param place the steps to the schema in the document */
function check(place: readonly string[], response: CheckedAnswer, call: string): void {
  const validate = ajv.getSchema(`${DOCUMENT}#/${place.map(pointerStep).join('/')}`);
  if (!validate) throw new Error(`the document has nothing at ${place.join(' > ')}`);
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

/** RFC 6901, sections 3 and 6. */
function pointerStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
