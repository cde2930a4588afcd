import { STATUS_CODES } from 'node:http';
import type { RouteDescription } from './describe-routes';
import { withExampleValues } from './example-values';
import { exampleAnswer } from './openapi/responses';
import type { Operation, Operations, RouteName } from './operation';
import { postmanRequest } from './postman/request';
import { checkAnswer, prepareAppCode, prepareNames, prepareOtherName } from './postman/scripts';
import type {
  PostmanCollection,
  PostmanEnvironment,
  PostmanFolder,
  PostmanItem,
  PostmanResponse,
} from './postman/types';
import { TAG_LIST, type Step, type TagName } from './tags';

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

export interface PostmanSources {
  routes: readonly RouteDescription[];
  operations: Operations;
}

/**
 * Every operation as a Postman collection that runs from top to bottom on a fresh server and again
 * on the same one: a folder per tag, and in it the operations in their own order.
 */
export function createPostmanCollection(sources: PostmanSources): PostmanCollection {
  const folders = TAG_LIST.map(([name]) => folderOf(name, sources));
  return {
    info: {
      _postman_id: '6f1d2c1e-5a0b-4a51-9c7e-6d2f2f0f8000',
      name: 'VideoTube',
      description:
        'Choose the environment, then run the whole collection or single requests. Requests keep tokens and ids for those that follow; files come from the folder beside the collection.',
      schema: SCHEMA,
    },
    item: folders.filter(({ item }) => item.length > 0),
    event: [],
  };
}

/** Where the server is. */
export function createPostmanEnvironment(server: string): PostmanEnvironment {
  return {
    id: '2f0c1c52-0f53-4f0e-8f0a-6b0d6c9d8000',
    name: 'VideoTube',
    values: [
      { key: 'server', value: server, enabled: true },
      // For the folder of moderation; who runs it knows an admin of theirs.
      { key: 'adminUsername', value: '', enabled: true },
      { key: 'adminPassword', value: '', enabled: true },
    ],
    _postman_variable_scope: 'environment',
  };
}

function folderOf(tag: TagName, sources: PostmanSources): PostmanFolder {
  const {
    description,
    before = [],
    after = [],
  } = new Map(TAG_LIST).get(tag) ?? {
    description: '',
  };
  const own = Object.entries(sources.operations)
    .filter(([, operation]) => operation.tag === tag && operation.aliasOf === undefined)
    .map(([route, { summary }]): Step => ({ route: route as RouteName, name: summary }));
  // Without operations of its own, a folder would only prepare things for nobody.
  const steps = own.length > 0 ? [...before, ...own, ...after] : [];
  return { name: tag, description, item: steps.map((step) => itemOf(step, sources)) };
}

/** @throws Error for a step whose route does not exist */
function itemOf(step: Step, { routes, operations }: PostmanSources): PostmanItem {
  const operation = operations[step.route];
  const route = routes.find((candidate) => candidate.route === step.route);
  if (!operation || !route) throw new Error(`${step.route} (${step.name}) is no route`);
  const example = { ...operation.example, ...step.example };
  const request = {
    ...postmanRequest(route, operation.access, example),
    ...(operation.description !== undefined && { description: operation.description }),
  };
  const text = JSON.stringify(request);
  const makesAccount = step.route.endsWith('/users/register');
  return {
    name: step.name,
    request,
    response: [savedExample(request, operation)],
    event: [
      ...(makesAccount && text.includes('{{username}}') ? [prepareNames()] : []),
      ...(makesAccount && text.includes('{{otherUsername}}') ? [prepareOtherName()] : []),
      ...(text.includes('{{appCode}}') ? [prepareAppCode()] : []),
      checkAnswer(operation, step.saves ?? operation.saves ?? {}),
    ],
  };
}

function savedExample(
  originalRequest: PostmanItem['request'],
  operation: Operation,
): PostmanResponse {
  const { statusCode = 200, shape, example, summary, contentType } = operation;
  const { data } = withExampleValues(example);
  const whole = exampleAnswer({ ...operation, example: { ...example, data } }, summary);
  const body = statusCode === 204 ? '' : shape === 'plain' ? data : whole;
  return {
    name: summary,
    originalRequest,
    status: STATUS_CODES[statusCode] ?? '',
    code: statusCode,
    _postman_previewlanguage: 'json',
    header: [{ key: 'Content-Type', value: contentType ?? 'application/json' }],
    body: typeof body === 'string' ? body : JSON.stringify(body, undefined, 2),
  };
}
