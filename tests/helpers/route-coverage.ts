import { describeApi } from '../../src/docs/describe-api';
import { inputSchema } from '../../src/docs/openapi/request';
import type { RouteName } from '../../src/docs/operation';
import type { RouteDescription } from '../../src/docs/describe-routes';
import { z } from 'zod';

/** One answer that a test of this file received. */
export interface RecordedCall {
  /** As mounted, e.g. `GET /api/v1/videos/:videoId`. */
  route: string;
  status: number;
  code: string | undefined;
  /** The fields that `errors` names. */
  fields: readonly string[];
}

// Jest gives every test file its own copy of this module, so this is what one file has called.
const calls: RecordedCall[] = [];

export function recordCall(call: RecordedCall): void {
  calls.push(call);
}

const callsOf = (route: string): RecordedCall[] => calls.filter((call) => call.route === route);

/**
 * States that the tests above show what the route does. Stands at the end of the file: it is a test
 * itself, and fails when none of them has had a success from the route. `tests/contract` fails for a
 * route that no file states.
 */
export function coversBehaviour(route: RouteName): void {
  test(`${route} is called by the tests above, and succeeds`, () => {
    const statuses = callsOf(route).map(({ status }) => status);

    expect(statuses.filter((status) => status < 400)).not.toEqual([]);
  });
}

/**
 * States that the tests above send the route whatever can be wrong. Fails unless every field of its
 * path, query, body and files was named by a 4xx, and every id of its path was also absent once.
 * @param anythingGoes fields of which nothing can be wrong
 * @param absentIsFine whether what the path names need not exist, as it will be gone afterwards
 */
export function coversBadInput(
  route: RouteName,
  {
    anythingGoes = [],
    absentIsFine = false,
  }: { anythingGoes?: readonly string[]; absentIsFine?: boolean } = {},
): void {
  test(`${route} is sent bad input in every field by the tests above`, () => {
    const description = describeApi().find((candidate) => candidate.route === route);
    if (!description) throw new Error(`${route} is not mounted`);
    const refused = callsOf(route).filter(({ status }) => status >= 400 && status < 500);
    const named = new Set(refused.flatMap(({ fields }) => fields.map(topLevel)));
    const fields = fieldsOf(description).filter((field) => !anythingGoes.includes(field));

    expect({ neverRefused: fields.filter((field) => !named.has(field)) }).toEqual({
      neverRefused: [],
    });
    if (description.path.includes(':') && !absentIsFine) {
      expect({ statuses: refused.map(({ status }) => status) }).toEqual({
        statuses: expect.arrayContaining([404]),
      });
    }
    expect(refused).not.toEqual([]);
  });
}

/** `tags.0` is a fault of `tags`. */
function topLevel(field: string): string {
  return field.split('.')[0] ?? field;
}

/** Every field that a route takes, by the name that `errors` would give it. */
function fieldsOf(route: RouteDescription): string[] {
  const texts = (['params', 'query', 'body'] as const).flatMap((part) => {
    const schema = inputSchema(route, part);
    const form = schema && z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return Object.keys(form?.properties ?? {});
  });
  return [...texts, ...Object.keys(route.notes.files ?? {})];
}
