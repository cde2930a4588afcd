import { judge, type Entry, type SeenVideo } from '../helpers/chaos/ledger';

const entry = (fields: Partial<Entry> = {}): Entry => ({
  title: 'A',
  video: 'bytes',
  thumbnails: new Set(['old', 'new']),
  publishing: 'accepted',
  deletion: 'none',
  ...fields,
});
const seen = (fields: Partial<SeenVideo> = {}): SeenVideo => ({
  _id: '1',
  title: 'A',
  status: 'ready',
  videoFile: 'bytes',
  thumbnail: 'new',
  ...fields,
});
/** Here a file's address is what it holds. */
const hashOf = (address: string) => Promise.resolve(address === '' ? undefined : address);

describe('judge', () => {
  test.each([
    ['an accepted video is there whole', [entry()], [seen()]],
    ['what nobody answered is there', [entry({ publishing: 'unknown' })], [seen()]],
    ['what nobody answered is not there', [entry({ publishing: 'unknown' })], []],
    ['a deletion that nobody answered was done', [entry({ deletion: 'unknown' })], []],
    ['a deleted video is gone', [entry({ deletion: 'confirmed' })], []],
  ])('when %s, finds nothing', async (_what, entries, videos) => {
    expect((await judge(entries, videos, hashOf)).broken).toEqual([]);
  });

  test.each([
    ['A was accepted and is not there', [entry()], []],
    ['A is there 2 times', [entry()], [seen(), seen()]],
    ['A is there: refused, none', [entry({ publishing: 'refused' })], [seen()]],
    ['A is there: accepted, confirmed', [entry({ deletion: 'confirmed' })], [seen()]],
    ['A has not the bytes that were sent', [entry()], [seen({ videoFile: 'other' })]],
    ['A has a thumbnail that it cannot have', [entry()], [seen({ thumbnail: '' })]],
    ['A is processing', [entry()], [seen({ status: 'processing' })]],
    ['A is there, and nobody has sent it', [], [seen()]],
  ])('says: %s', async (sentence, entries, videos) => {
    expect((await judge(entries, videos, hashOf)).broken).toContain(sentence);
  });

  test('when videos are there, expects their files in the store, once for each', async () => {
    expect(await judge([entry()], [seen()], hashOf)).toMatchObject({
      expected: ['bytes', 'new'],
      videos: 1,
    });
  });
});
