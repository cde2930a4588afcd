import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeApi } from '../../src/docs/describe-api';
import type { RouteDescription } from '../../src/docs/describe-routes';
import { withExampleValues } from '../../src/docs/example-values';
import { failuresOf } from '../../src/docs/openapi/failures';
import { inputSchema } from '../../src/docs/openapi/request';
import type { Operation, RouteName } from '../../src/docs/operation';
import { OPERATIONS } from '../../src/docs/operations';
import { requiredFields } from '../../src/middlewares/upload/upload-rules';

const ROOT = path.join(__dirname, '..', '..');
const MEMO = readFileSync(path.join(ROOT, 'docs', 'STATUS_CODES.md'), 'utf8');

const ROUTES = describeApi();
/** Each mounted route with its operation; one without is the business of the first test. */
const DESCRIBED = ROUTES.flatMap((route) => {
  const operation = OPERATIONS[route.route as RouteName];
  return operation ? [[route.route, route, operation] as const] : [];
});
const WITHOUT_ALIASES = DESCRIBED.filter(([, , { aliasOf }]) => aliasOf === undefined);

/** Which test files state that they cover a route, by route; see tests/helpers/route-coverage.ts. */
function statedBy(helper: 'coversBehaviour' | 'coversBadInput'): Map<string, string[]> {
  const files = readdirSync(path.join(ROOT, 'tests'), { recursive: true, encoding: 'utf8' });
  const stated = new Map<string, string[]>();
  for (const file of files.filter((name) => name.endsWith('.test.ts'))) {
    const source = readFileSync(path.join(ROOT, 'tests', file), 'utf8');
    for (const [, route = ''] of source.matchAll(
      new RegExp(`^\\s*${helper}\\(\\s*'([^']+)'`, 'gm'),
    )) {
      stated.set(route, [...(stated.get(route) ?? []), file]);
    }
  }
  return stated;
}

/** The names in a path that stand for something. */
function pathParameters({ path: address }: RouteDescription): string[] {
  return [...address.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}

function fieldNames(route: RouteDescription, part: 'params' | 'query' | 'body'): string[] {
  const form = inputSchema(route, part)?.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  return Object.keys(form?.properties ?? {});
}

/** What takes nothing cannot be sent anything wrong. */
function takesInput({ notes }: RouteDescription): boolean {
  return notes.schema !== undefined || notes.files !== undefined;
}

/** What the validator of a route says against a part of an example. */
function faultsOf(
  route: RouteDescription,
  operation: Operation,
  part: 'params' | 'query' | 'body',
) {
  const example = withExampleValues(operation.example);
  const schema = inputSchema(route, part);
  const value: unknown = example[part] ?? {};
  if (!schema) return Object.keys(value as object);
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues;
}

describe('the routes and the operations', () => {
  test('every mounted route, when walked, has an operation in src/docs/operations', () => {
    const undescribed = ROUTES.filter(({ route }) => !OPERATIONS[route as RouteName]);

    expect(undescribed.map(({ route }) => route)).toEqual([]);
  });

  test('every operation, when looked up, is a mounted route', () => {
    const mounted = new Set(ROUTES.map(({ route }) => route));

    expect(Object.keys(OPERATIONS).filter((route) => !mounted.has(route))).toEqual([]);
  });

  test('every route, when walked, is mounted once', () => {
    const names = ROUTES.map(({ route }) => route);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test.each(['coversBehaviour', 'coversBadInput'] as const)(
    'every route, when tests are searched for %s, is stated by one; write it at the end of its test file',
    (helper) => {
      const stated = statedBy(helper);
      const candidates = WITHOUT_ALIASES.filter(
        ([, route]) => helper === 'coversBehaviour' || takesInput(route),
      );
      const unstated = candidates.filter(([route]) => !stated.has(route));

      expect(unstated.map(([route]) => `${helper}('${route}')`)).toEqual([]);
    },
  );
});

describe.each(DESCRIBED)('%s', (_name, route, operation) => {
  const { notes } = route;

  test('its stack, when read, asks for the access and the rate limit that the operation states', () => {
    // Who refreshes proves who they are by the token itself, inside the handler.
    const withoutMiddleware = ['anybody', 'refresh token'].includes(operation.access);
    expect(notes.access).toBe(withoutMiddleware ? undefined : operation.access);
    expect(notes.rateLimit ?? 'none').toBe(operation.rateLimit);
  });

  test('its input, when it has any, goes through a validator that knows every field', () => {
    expect(fieldNames(route, 'params').sort()).toEqual(pathParameters(route).sort());
  });

  test('its body, when it takes one, may come as a form too', () => {
    const takesBody = inputSchema(route, 'body') !== undefined;
    const takesForms = notes.form === true || notes.files !== undefined;

    expect(takesForms).toBe(takesBody || notes.files !== undefined);
  });

  test.each(['params', 'query', 'body'] as const)(
    'its example, when its %s are parsed by the validator, is right',
    (part) => {
      expect(faultsOf(route, operation, part)).toEqual([]);
    },
  );

  test('its example, when it takes files, names those that are required, and they exist', () => {
    const files = operation.example.files ?? {};

    expect(Object.keys(files)).toEqual(expect.arrayContaining(requiredFields(notes.files ?? {})));
    expect(Object.keys(notes.files ?? {})).toEqual(expect.arrayContaining(Object.keys(files)));
    for (const file of Object.values(files)) {
      expect({ [file]: existsSync(path.join(ROOT, 'postman', 'files', file)) }).toEqual({
        [file]: true,
      });
    }
  });

  test('its example, when its data are parsed by the answer’s schema, is right', () => {
    const result = operation.answer.safeParse(withExampleValues(operation.example.data));

    expect(result.error?.issues ?? []).toEqual([]);
  });

  test('its failures, when looked up in docs/STATUS_CODES.md, are explained there', () => {
    const names = [...failuresOf(route, operation)].flatMap(([status, codes]) =>
      codes.map((code) => [status, code] as const),
    );

    expect(
      names.filter(
        ([status, code]) => !new RegExp(`^\\| ${status} +\\| \`${code}\``, 'm').test(MEMO),
      ),
    ).toEqual([]);
  });
});

describe.each(DESCRIBED.filter(([, , { aliasOf }]) => aliasOf !== undefined))(
  'the alias %s',
  (_name, { notes }, { aliasOf }) => {
    test('its stack, when compared with that of the other address, is the very same', () => {
      const original = ROUTES.find(({ route }) => route === aliasOf);

      expect(original?.notes.schema).toBe(notes.schema);
      expect(original?.notes.access).toBe(notes.access);
      expect(original?.notes.rateLimit).toBe(notes.rateLimit);
      expect(original?.notes.files).toEqual(notes.files);
    });
  },
);
