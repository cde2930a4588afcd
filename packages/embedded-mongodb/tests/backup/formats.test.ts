import { Double, Int32, Long, ObjectId } from 'bson';
import { parseConnectionString } from '../../src/backup/connection-string';
import { collectionOf, fileNameOf } from '../../src/backup/dump-names';
import { fromExtendedJson, toExtendedJson } from '../../src/backup/extended-json';

describe('Extended JSON', () => {
  test('when fields are named by numbers, keeps their order both ways', () => {
    const text =
      '{"b":{"$numberInt":"1"},"2":{"$numberLong":"2"},"1":[{"$numberDouble":"1.5"},"x",null,true]}';
    const value = fromExtendedJson(text);
    expect(value).toEqual(
      new Map<string, unknown>([
        ['b', new Int32(1)],
        ['2', Long.fromNumber(2)],
        ['1', [new Double(1.5), 'x', null, true]],
      ]),
    );
    expect([...(value as Map<string, unknown>).keys()]).toEqual(['b', '2', '1']);
    expect(toExtendedJson(value)).toBe(text);
  });

  test.each([
    ['2', new Int32(2)],
    ['-1.5e2', new Int32(-150)],
    ['0.5', new Double(0.5)],
    ['4294967296', Long.fromNumber(4_294_967_296)],
    ['{"$numberDouble":"-0.0"}', new Double(-0)],
    ['{"$date":"1970-01-01T00:00:00Z"}', new Date(0)],
    ['{"$oid":"0123456789abcdef01234567"}', new ObjectId('0123456789abcdef01234567')],
    ['{"$gte":1}', new Map([['$gte', new Int32(1)]])],
    ['{"$regex":"^a"}', new Map([['$regex', '^a']])],
    [' { "a\\u0062" : [ ] } ', new Map([['ab', []]])],
  ])('when it is %s, is read as its value', (text, value) => {
    expect(fromExtendedJson(text)).toEqual(value);
  });

  test.each([
    '',
    '{',
    '{"a"}',
    '[1,]',
    '{"a":1,}',
    '1 2',
    '01',
    '"\n"',
    '{"$oid":"x"}',
    'NaN',
    '['.repeat(300),
  ])('when it is %j, is refused', (text) => {
    expect(() => fromExtendedJson(text)).toThrow(/malformed JSON|is no Extended JSON/);
  });
});

test.each([
  ['plain-name_1.2~', 'plain-name_1.2~'],
  ['a/b', 'a%2Fb'],
  ['a:b;c,d?e', 'a:b%3Bc%2Cd%3Fe'],
  ['100%', '100%25'],
  ["!'()*", '%21%27%28%29%2A'],
  ['ü', '%C3%BC'],
])('the file of a collection, when it is named %s, is %s', (collection, file) => {
  expect(fileNameOf(collection)).toBe(file);
  expect(collectionOf(file)).toBe(collection);
});

describe('a connection string', () => {
  test.each([
    [
      'mongodb://localhost',
      { addresses: [{ host: 'localhost', port: 27017 }], directConnection: false },
    ],
    [
      'mongodb://a:1,[::1]:2/?directConnection=true&retryWrites=true',
      {
        addresses: [
          { host: 'a', port: 1 },
          { host: '::1', port: 2 },
        ],
        directConnection: true,
      },
    ],
    [
      'mongodb://%2FTmp%2Fx%2Fmongodb.sock/app',
      { addresses: [{ socketPath: '/Tmp/x/mongodb.sock' }], directConnection: false },
    ],
    [
      'mongodb://us%40er:p%3Aw@h/app?tls=true&authSource=users',
      {
        addresses: [{ host: 'h', port: 27017 }],
        directConnection: false,
        credentials: { username: 'us@er', password: 'p:w', source: 'users' },
        tls: {},
      },
    ],
  ])('when it is %s, is understood', (uri, expected) => {
    expect(parseConnectionString(uri)).toEqual(expected);
  });

  test.each([
    ['http://x', /starts with mongodb:\/\//],
    ['mongodb+srv://x', /mongodb\+srv:\/\/ is not supported/],
    ['mongodb://x:y', /'x:y' is no server address/],
    ['mongodb://', /'' is no server address/],
    ['mongodb://user@x', /a user without a password/],
    ['mongodb://x/?tlsInsecure=true', /option tlsInsecure is not supported/],
    ['mongodb://%zz', /not percent-encoded/],
  ])('when it is %s, is refused', (uri, message) => {
    expect(() => parseConnectionString(uri)).toThrow(message);
  });
});
