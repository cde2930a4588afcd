import type { FailureName, Operation } from '../operation';
import type { PostmanEvent } from './types';

/**
 * Before every request: a name that nobody has, once per run, so that the collection can be run
 * again on the same server. A run begins with the request that makes the account.
 */
export function prepareNames(): PostmanEvent {
  return script('prerequest', [
    "const random = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0');",
    "pm.collectionVariables.set('username', 'ada_' + random());",
    "pm.collectionVariables.set('password', 'analytical engine no. 1');",
    "pm.collectionVariables.set('newPassword', 'difference engine no. 2');",
  ]);
}

/** Before a request that makes another person's account. */
export function prepareOtherName(): PostmanEvent {
  return script('prerequest', [
    "const random = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0');",
    "pm.collectionVariables.set('otherUsername', 'charles_' + random());",
  ]);
}

/**
 * Before a request with a code of an authenticator app: RFC 6238, from the secret that was kept.
 * CryptoJS is a global of Postman's sandbox.
 */
export function prepareAppCode(): PostmanEvent {
  return script('prerequest', [
    "const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';",
    "const bits = [...pm.collectionVariables.get('sharedSecret')]",
    "  .map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');",
    'const secret = bits.match(/.{8}/g).map((byte) => parseInt(byte, 2).toString(16).padStart(2, "0"));',
    "const step = Math.floor(Date.now() / 30000).toString(16).padStart(16, '0');",
    'const mac = CryptoJS.HmacSHA1(CryptoJS.enc.Hex.parse(step), CryptoJS.enc.Hex.parse(secret.join("")));',
    'const hex = mac.toString();',
    'const offset = parseInt(hex.at(-1), 16) * 2;',
    'const number = parseInt(hex.slice(offset, offset + 8), 16) & 0x7fffffff;',
    "pm.collectionVariables.set('appCode', String(number % 1000000).padStart(6, '0'));",
  ]);
}

/** After a request: its status and envelope are tested, and what later requests need is kept. */
export function checkAnswer(
  { statusCode = 200, shape = 'envelope', refusedInRun }: Operation,
  saves: Readonly<Record<string, string>>,
): PostmanEvent {
  if (refusedInRun) return script('test', refusalTest(refusedInRun));
  return script('test', [
    `pm.test('answers ${statusCode}', () => pm.response.to.have.status(${statusCode}));`,
    ...(shape === 'plain' || statusCode === 204 ? [] : envelopeTest(statusCode, shape)),
    ...(Object.keys(saves).length > 0 ? savingLines(saves) : []),
  ]);
}

function refusalTest(refusal: FailureName): string[] {
  const [status = '', code = ''] = refusal.split(' ');
  return [
    `pm.test('answers ${refusal}', () => {`,
    `  pm.response.to.have.status(${status});`,
    `  pm.expect(pm.response.json().code).to.equal('${code}');`,
    '});',
  ];
}

function envelopeTest(statusCode: number, shape: 'envelope' | 'array page'): string[] {
  return [
    "pm.test('answers the success envelope', () => {",
    '  const answer = pm.response.json();',
    `  pm.expect(answer).to.include({ statusCode: ${statusCode}, success: true });`,
    "  pm.expect(answer.message).to.be.a('string').and.not.empty;",
    ...(shape === 'array page'
      ? [
          "  pm.expect(answer.data).to.be.an('array');",
          "  pm.expect(answer.pagination).to.have.property('hasNextPage');",
        ]
      : ["  pm.expect(answer).to.have.property('data');"]),
    '});',
  ];
}

function savingLines(saves: Readonly<Record<string, string>>): string[] {
  const sent = Object.values(saves).some((source) => source.startsWith('sent'));
  return [
    'const received = pm.response.json();',
    ...(sent ? ['const sent = JSON.parse(pm.variables.replaceIn(pm.request.body.raw));'] : []),
    ...Object.entries(saves).map(
      ([name, source]) => `pm.collectionVariables.set('${name}', ${expressionOf(source)});`,
    ),
  ];
}

/** `data._id` as it is; `data.videoFile.-1` as the last part of an address; `data.0._id` as an index. */
function expressionOf(source: string): string {
  return (source.startsWith('data') ? `received.${source}` : source)
    .split('.')
    .reduce((expression, key) =>
      /^-\d+$/.test(key)
        ? `${expression}.split('/').at(${key})`
        : /^\d+$/.test(key)
          ? `${expression}[${key}]`
          : `${expression}.${key}`,
    );
}

function script(listen: PostmanEvent['listen'], exec: string[]): PostmanEvent {
  return { listen, script: { type: 'text/javascript', exec } };
}
