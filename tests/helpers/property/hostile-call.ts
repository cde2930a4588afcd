import fc, { type Arbitrary } from 'fast-check';
import type { RouteDescription } from '../../../src/docs/describe-routes';
import { inputSchema } from '../../../src/docs/openapi/request';
import type { JsonSchema } from '../../../src/docs/openapi/types';
import { anyOf, fieldValue, hostileText } from './hostile-values';

/** Who the call says that it comes from; see `credentialHeaders` for what each of them sends. */
export const CREDENTIALS = [
  'nobody',
  'attacker',
  'attacker by cookie',
  'attacker by cookie, from another site',
  'attacker, expired',
  'attacker, whose session is over',
  'attacker, by the refresh token',
  'victim, with another signature',
  'victim, unsigned',
  'victim, signed as a public key',
  'victim, cut short',
] as const;
export type Credential = (typeof CREDENTIALS)[number] | { garbled: string };

/** The id of something that exists: whose it is, and which of them. */
interface Thing {
  thing: 'victim' | 'attacker';
  number: number;
}

/**
 * One value of a call. Symbols are filled in when it is sent, so that a call is the same in every
 * run: `example` is what the operation shows; undefined leaves the field out.
 */
export type Choice = { example: true } | Thing | { value: unknown } | undefined;

export type BodyKind = 'json' | 'form' | 'multipart' | 'text';

export const FILES = ['picture', 'nothing', 'garbage', 'markup'] as const;

/** A request that nobody would send in good faith, as data. */
export interface HostileCall {
  /** As in the operations, e.g. `PATCH /api/v1/videos/:videoId`. */
  route: string;
  /** Another method at the same address. */
  method?: string;
  credential: Credential;
  params: Record<string, Choice>;
  /** Behind the last part of the path, as it is. */
  tail: string;
  query: Record<string, Choice>;
  headers: Record<string, string>;
  body: { kind: BodyKind; fields: Record<string, Choice>; files: Record<string, string> };
}

/** Names that clients have no business sending. */
const FOREIGN_FIELDS = ['role', '$where', '__proto__', 'constructor', '_id', 'owner', 'a[$ne]', ''];

const HEADERS = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Content-Type',
  'Cookie',
  'If-Modified-Since',
  'If-None-Match',
  'Origin',
  'Range',
  'Referer',
  'User-Agent',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-HTTP-Method-Override',
  'X-Request-Id',
];

/** Every call that can be made up for a route. */
export function hostileCall(route: RouteDescription): Arbitrary<HostileCall> {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return fc.record<HostileCall>({
    route: fc.constant(route.route),
    method: rarely(fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE')),
    credential: anyOf(
      // Most calls come from somebody who may call, so that they reach the handler.
      { arbitrary: fc.constant('attacker' as const), weight: 12 },
      { arbitrary: fc.constantFrom(...CREDENTIALS), weight: 8 },
      { arbitrary: fc.record({ garbled: hostileText }), weight: 1 },
    ),
    params: fc.record(Object.fromEntries(names.map((name) => [name, pathChoice]))),
    tail: rarely(fc.constantFrom('/', '%', '%00', '%E0%A4', '/..', '%2f..', ';a=b', '.json')).map(
      (tail) => tail ?? '',
    ),
    query: fieldsOf(route, 'query'),
    headers: anyOf(
      { arbitrary: fc.constant({}), weight: 3 },
      {
        arbitrary: fc.dictionary(fc.constantFrom(...HEADERS), hostileText, { maxKeys: 3 }),
        weight: 1,
      },
    ),
    body: fc.record({
      kind: route.notes.files
        ? fc.constantFrom<BodyKind>('multipart', 'multipart', 'json')
        : fc.constantFrom<BodyKind>('json', 'json', 'form', 'multipart', 'text'),
      fields: fieldsOf(route, 'body'),
      files: filesOf(route),
    }),
  });
}

const thing: Arbitrary<Thing> = fc.record({
  thing: fc.constantFrom('victim' as const, 'attacker' as const),
  number: fc.nat(3),
});

const pathChoice: Arbitrary<Choice> = anyOf(
  { arbitrary: thing, weight: 6 },
  { arbitrary: fc.record({ value: hostileText }), weight: 2 },
);

/** Each field is as its example, made up, or left out; sometimes one comes that is none. */
function fieldsOf(
  route: RouteDescription,
  part: 'query' | 'body',
): Arbitrary<Record<string, Choice>> {
  const schema = inputSchema(route, part)?.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  const forms = Object.entries((schema?.properties ?? {}) as Record<string, JsonSchema>);
  const known = fc.record(
    Object.fromEntries(
      forms.map(([name, form]) => [
        name,
        anyOf(
          { arbitrary: fc.constant<Choice>({ example: true }), weight: 10 },
          { arbitrary: fc.record({ value: fieldValue(form) }), weight: 3 },
          { arbitrary: thing, weight: 1 },
          { arbitrary: fc.constant<Choice>(undefined), weight: 1 },
        ),
      ]),
    ),
  );
  const foreign = rarely(
    fc.tuple(anyOf(fc.constantFrom(...FOREIGN_FIELDS), hostileText), fieldValue({})),
  );
  return fc
    .tuple(known, foreign)
    .map(([fields, extra]) =>
      extra
        ? Object.fromEntries([...Object.entries(fields), [extra[0], { value: extra[1] }]])
        : fields,
    );
}

function filesOf({ notes }: RouteDescription): Arbitrary<Record<string, string>> {
  const names = Object.keys(notes.files ?? {});
  const file = anyOf(fc.constant('picture'), fc.constantFrom(...FILES));
  if (names.length > 0) {
    return fc.record(Object.fromEntries(names.map((name) => [name, file])));
  }
  return rarely(file).map((kind): Record<string, string> =>
    kind === undefined ? {} : { avatar: kind },
  );
}

function rarely<T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> {
  return anyOf({ arbitrary: fc.constant(undefined), weight: 11 }, { arbitrary, weight: 1 });
}
