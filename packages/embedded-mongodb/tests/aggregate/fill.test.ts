import { aggregate, MemorySource } from '../helpers/memory-source';

const DOCUMENTS = [
  { _id: 1, shop: 'A', at: 1, sold: 10, note: null },
  { _id: 2, shop: 'A', at: 2 },
  { _id: 3, shop: 'B', at: 3, sold: 40, note: 'x' },
  { _id: 4, shop: 'A', at: 4, sold: 40 },
];

function fill(stage: unknown): Promise<string[]> {
  const source = new MemorySource({ items: DOCUMENTS });
  return aggregate(source, 'items', [
    { $fill: stage },
    { $sort: { _id: 1 } },
    { $project: { sold: 1, note: 1 } },
  ]);
}

test('$fill, when it is given values, puts them where there is null or nothing', async () => {
  expect(await fill({ output: { sold: { value: 0 }, note: { value: '$shop' } } })).toEqual([
    '{_id: 1, sold: 10, note: "A"}',
    '{_id: 2, sold: 0, note: "A"}',
    '{_id: 3, sold: 40, note: "x"}',
    '{_id: 4, sold: 40, note: "A"}',
  ]);
});

test('$fill, when the method is linear, fills within the partition', async () => {
  const stage = {
    partitionByFields: ['shop'],
    sortBy: { at: 1 },
    output: { sold: { method: 'linear' }, note: { value: 1 } },
  };
  expect(await fill(stage)).toEqual([
    '{_id: 1, sold: 10, note: 1}',
    '{_id: 2, sold: 20.0, note: 1}',
    '{_id: 3, sold: 40, note: "x"}',
    '{_id: 4, sold: 40, note: 1}',
  ]);
});

test('$fill, when the method is locf, carries the last value on', async () => {
  const stage = { partitionBy: '$shop', sortBy: { at: 1 }, output: { sold: { method: 'locf' } } };
  expect((await fill(stage))[1]).toBe('{_id: 2, sold: 10}');
});

test.each([
  ['no document', 1, 9],
  ['without output', {}, 40414],
  ['with an empty output', { output: {} }, 6050203],
  ['with a field that is none', { output: { a: 1 } }, 6050200],
  ['with both', { output: { a: { value: 1, method: 'locf' } } }, 6050201],
  ['with an unknown method', { output: { a: { method: 'cubic' } } }, 6050202],
  [
    'with two ways to partition',
    { output: { a: { value: 1 } }, partitionBy: '$a', partitionByFields: ['a'] },
    6050204,
  ],
  ['with an unknown field', { output: { a: { value: 1 } }, order: 1 }, 40415],
  ['with a linear method without an order', { output: { a: { method: 'linear' } } }, 605001],
])('$fill, when it is %s, is refused', async (_name, stage, code) => {
  await expect(fill(stage)).rejects.toMatchObject({ code });
});
