import { Video } from '../../src/models/video.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectInvalid } from '../helpers/answers';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
});
beforeEach(() => Video.deleteMany());
afterAll(() => server.stop());

const seed = (title: string, tags: string[] = [], isPublished = true) =>
  seedVideo(ada.user._id, { title, tags, isPublished });
const suggest = async (query: string): Promise<string[]> =>
  dataOf(await server.api().get('/api/v1/search/suggestions').query({ query }));

describe('GET /search/suggestions', () => {
  test('suggestions, when titles and tags begin so, are both, titles first, in their own case', async () => {
    await seed('Chess openings', ['CHEESE', 'other']);
    await seed('cheap flights');
    await seed('A chest', ['Cherry']);

    expect(await suggest('CHE')).toEqual(['cheap flights', 'Chess openings', 'CHEESE', 'Cherry']);
    expect(await suggest('chess o')).toEqual(['Chess openings']);
    expect(await suggest('xyz')).toEqual([]);
  });

  test('suggestions, when many videos say the same, say it once', async () => {
    for (const title of ['Go', 'go', 'GO']) await seed(title, ['Go', 'golang']);

    expect(await suggest('go')).toEqual(['Go', 'golang']);
  });

  test('suggestions, when one title is on more videos than are read, still hold the others', async () => {
    await Promise.all(Array.from({ length: 60 }, () => seed('vlog', ['vl-tag'])));
    await seed('vlog 2', ['vl-tag-2']);

    expect(await suggest('vl')).toEqual(['vlog', 'vlog 2', 'vl-tag', 'vl-tag-2']);
  });

  test('suggestions, when there are many, are ten', async () => {
    for (let number = 10; number < 24; number += 1) await seed(`part ${number}`, [`part${number}`]);

    expect(await suggest('part ')).toHaveLength(10);
    expect((await suggest('part 1'))[0]).toBe('part 10');
  });

  test('suggestions, when a video is hidden, come from none of it', async () => {
    await seed('Secret plan', ['secret-tag'], false);

    expect(await suggest('secret')).toEqual([]);
  });

  test.each(['', '   '])('suggestions, when %j was typed, are none', async (query) => {
    await seed('Something');

    expect(await suggest(query)).toEqual([]);
  });

  test('suggestions, when nothing at all is sent, are none', async () => {
    await seed('Something');

    expect(dataOf(await server.api().get('/api/v1/search/suggestions'))).toEqual([]);
  });

  test.each([
    ['🎬 film', '🎬'],
    ['שלום עולם', 'שלו'],
    ['Ünïcode', 'üNÏ'],
    ['(a+)+$ explained', '(A+)'],
    ['.* and ^', '.*'],
    ['$where is it', '$where'],
    ['back\\slash', 'back\\'],
    ['[brackets]', '['],
  ])('suggestions, when %j is there and %j is typed, find it', async (title, typed) => {
    await seed('zzz');
    await seed(title);

    expect(await suggest(typed)).toEqual([title]);
  });

  test.each(['.', '.*', '^', '(a+)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '[', '\\', '$ne', '\u0000'])(
    'suggestions, when %j is typed, take it as text and find nothing',
    async (typed) => {
      await seed('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', ['aaaaaaaaaaaaaaaaaaaaaa']);

      expect(await suggest(typed)).toEqual([]);
    },
  );
});

describe('GET /search/suggestions, bad input', () => {
  test.each([
    ['is too long', `query=${'x'.repeat(201)}`, 'query'],
    ['comes twice', 'query=a&query=b', 'query'],
    ['is an operator', 'query[$regex]=.*', 'query[$regex]'],
  ])('GET /search/suggestions, when query %s, answers 400', async (_what, query, field) => {
    expectInvalid(await server.api().get(`/api/v1/search/suggestions?${query}`), [field]);
  });
});

coversBehaviour('GET /api/v1/search/suggestions');
coversBadInput('GET /api/v1/search/suggestions');
