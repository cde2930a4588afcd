import { compileMatch } from '../../src/match/compile';
import { distinctValues } from '../../src/plan/distinct';
import { toPlain } from '../../src/values/plain';
import { document, MemoryCollection } from './memory-collection';

async function distinct(
  documents: object[],
  path: string,
  filter: object = {},
): Promise<unknown[]> {
  const collection = new MemoryCollection();
  documents.forEach((fields, position) => collection.insert({ _id: position + 1, ...fields }));
  const query = { match: compileMatch(document(filter)) };
  const values = await distinctValues(collection.operation(), collection.info, path, query);
  return values.map(toPlain);
}

describe('distinct', () => {
  test('of a field, when values repeat and one is missing, gives each once', async () => {
    expect(await distinct([{ a: 'x' }, { a: 2 }, {}, { a: 'x' }, { a: null }], 'a')).toEqual([
      'x',
      2,
      null,
    ]);
  });

  test('of an array, when arrays nest, gives the elements of the outer one', async () => {
    expect(await distinct([{ a: [1, [2, 3]] }, { a: [] }, { a: 1 }], 'a')).toEqual([1, [2, 3]]);
  });

  test('of a path through arrays, when a number stands in it, takes it as a position', async () => {
    const documents = [{ a: [{ b: 1 }, { b: [2, 3] }, 4] }];
    expect(await distinct(documents, 'a.b')).toEqual([1, 2, 3]);
    expect(await distinct(documents, 'a.1.b')).toEqual([2, 3]);
  });

  test('with a filter, when documents do not match, leaves their values out', async () => {
    expect(
      await distinct(
        [
          { a: 1, b: 1 },
          { a: 2, b: 2 },
        ],
        'a',
        { b: 2 },
      ),
    ).toEqual([2]);
  });

  test('of a collection that does not exist, gives nothing', async () => {
    const operation = new MemoryCollection().operation();
    expect(await distinctValues(operation, undefined, 'a', {})).toEqual([]);
  });
});
