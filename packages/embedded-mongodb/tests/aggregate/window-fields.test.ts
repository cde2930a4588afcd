import { Decimal128, Double, Long } from 'bson';
import { aggregate, MemorySource } from '../helpers/memory-source';

const day = (date: number): Date => new Date(Date.UTC(2021, 0, date));

const SALES = [
  { _id: 1, shop: 'A', at: 3, price: 30 },
  { _id: 2, shop: 'B', at: 1, price: 7 },
  { _id: 3, shop: 'A', at: 1, price: 10 },
  { _id: 4, shop: 'A', at: 2, price: 20 },
  { _id: 5, shop: 'B', at: 2, price: 5 },
];

/** The values of one window function, in the order in which the documents come out. */
async function values(
  documents: readonly object[],
  value: object,
  options: object = {},
): Promise<string[]> {
  const source = new MemorySource({ items: [...documents] });
  return aggregate(source, 'items', [
    { $setWindowFields: { sortBy: { at: 1 }, ...options, output: { value } } },
    { $project: { _id: 0, value: 1 } },
  ]);
}

const show = (text: string): string => `{value: ${text}}`;
const row = (...prices: (number | null)[]) => prices.map((price, at) => ({ _id: at, at, price }));

async function refusal(value: unknown, options: object = {}, documents: object[] = SALES) {
  const source = new MemorySource({ items: documents });
  const stage = { sortBy: { at: 1 }, ...options, output: { value } };
  return aggregate(source, 'items', [{ $setWindowFields: stage }]).then(
    () => 'no error',
    (error: { code: number }) => error.code,
  );
}

describe('$setWindowFields', () => {
  test('$setWindowFields, when it partitions and sorts, gives partition by partition in order', async () => {
    const source = new MemorySource({ items: SALES });
    const stage = {
      partitionBy: '$shop',
      sortBy: { at: 1 },
      output: { 'sums.total': { $sum: '$price', window: { documents: ['unbounded', 'current'] } } },
    };
    const found = await aggregate(source, 'items', [
      { $setWindowFields: stage },
      { $project: { total: '$sums.total' } },
    ]);
    expect(found).toEqual([
      '{_id: 3, total: 10}',
      '{_id: 4, total: 30}',
      '{_id: 1, total: 60}',
      '{_id: 2, total: 7}',
      '{_id: 5, total: 12}',
    ]);
  });

  test('$setWindowFields, when the partition is null or missing, takes both for one', async () => {
    const found = await values(
      [{ _id: 1, shop: null }, { _id: 2 }, { _id: 3, shop: 1 }],
      { $count: {} },
      {
        partitionBy: '$shop',
        sortBy: { _id: 1 },
      },
    );
    expect(found).toEqual([show('2'), show('2'), show('1')]);
  });

  test('$setWindowFields, when there is no order, keeps the documents as they come', async () => {
    const source = new MemorySource({ items: SALES });
    const found = await aggregate(source, 'items', [
      { $setWindowFields: { output: { n: { $count: {} } } } },
      { $project: { n: 1 } },
    ]);
    expect(found).toEqual(SALES.map(({ _id }) => `{_id: ${_id}, n: 5}`));
  });

  test('$setWindowFields, when a function answers nothing, leaves the field out', async () => {
    const found = await values([{ _id: 1, at: 1, value: 5 }], { $first: '$none' });
    expect(found).toEqual(['{}']);
  });
});

describe('windows', () => {
  test.each([
    ['two before and itself', [-2, 0], [1, 3, 6, 9, 12]],
    ['one on each side', [-1, 1], [3, 6, 9, 12, 9]],
    ['only those behind', [1, 2], [5, 7, 9, 5, 0]],
    ['to the end', [0, 'unbounded'], [15, 14, 12, 9, 5]],
    ['from the start', ['unbounded', 'current'], [1, 3, 6, 10, 15]],
    ['from the start, behind', ['unbounded', -2], [0, 0, 1, 3, 6]],
  ])('$sum over documents, when the window is %s, adds those', async (_name, documents, sums) => {
    const found = await values(row(1, 2, 3, 4, 5), { $sum: '$price', window: { documents } });
    expect(found).toEqual(sums.map((sum) => show(String(sum))));
  });

  const POINTS = [1, 2, 4, 7, 8].map((at) => ({ _id: at, at }));
  test.each([
    ['numbers around', [-2, 2], ['[1, 2]', '[1, 2, 4]', '[2, 4]', '[7, 8]', '[7, 8]']],
    ['the lower ones', ['unbounded', -2], ['[]', '[]', '[1, 2]', '[1, 2, 4]', '[1, 2, 4]']],
    ['the higher ones', [1, 'unbounded'], ['[2, 4, 7, 8]', '[4, 7, 8]', '[7, 8]', '[8]', '[]']],
    ['itself and on', ['current', 1], ['[1, 2]', '[2]', '[4]', '[7, 8]', '[8]']],
  ])('$push over a range, when it is %s, takes those', async (_name, range, lists) => {
    const found = await values(POINTS, { $push: '$at', window: { range } });
    expect(found).toEqual(lists.map(show));
  });

  test('$push over a range, when it has a unit, takes the dates within', async () => {
    const days = [1, 2, 5, 31].map((date) => ({ _id: date, at: day(date) }));
    const found = await values(days, {
      $push: '$_id',
      window: { range: [-4, 0], unit: 'day' },
    });
    expect(found).toEqual(['[1]', '[1, 2]', '[1, 2, 5]', '[31]'].map(show));
  });

  test.each([
    ['documents and range', { documents: [0, 1], range: [0, 1] }, 9],
    ['a unit for documents', { documents: [0, 1], unit: 'day' }, 9],
    ['three bounds', { documents: [0, 1, 2] }, 9],
    ['an unknown word', { documents: ['first', 1] }, 9],
    ['a fraction of documents', { documents: [0, 1.5] }, 9],
    ['bounds the wrong way round', { documents: [1, 0] }, 5339900],
    ['an unknown unit', { range: [0, 1], unit: 'fortnight' }, 9],
    ['something else', { rows: [0, 1] }, 9],
    ['no document', 1, 9],
  ])('a window, when it is %s, is refused', async (_name, window, code) => {
    expect(await refusal({ $sum: '$price', window })).toBe(code);
  });

  test('a window, when it needs another order, is refused', async () => {
    const documents = { $sum: 1, window: { documents: [0, 1] } };
    const range = { $sum: 1, window: { range: [0, 1] } };
    expect(await refusal(documents, { sortBy: undefined })).toBe(5339901);
    expect(await refusal(range, { sortBy: undefined })).toBe(5339902);
    expect(await refusal(range, { sortBy: { at: 1, _id: 1 } })).toBe(5339902);
    expect(await refusal(range, { sortBy: { at: -1 } })).toBe(8947401);
    expect(await refusal({ $sum: 1, window: { range: [0, 1], unit: 'day' } })).toBe(5429513);
    expect(await refusal(range, {}, [{ _id: 1, at: day(1) }])).toBe(5429413);
    expect(await refusal(range, {}, [{ _id: 1, at: 'x' }])).toBe(5429414);
  });
});

describe('accumulators as window functions', () => {
  const window = { documents: [-1, 0] };
  test.each([
    ['$avg', { $avg: '$price' }, ['1.0', '1.5', '2.5']],
    ['$min', { $min: '$price' }, ['1', '1', '2']],
    ['$max', { $max: '$price' }, ['1', '2', '3']],
    ['$addToSet', { $addToSet: { $mod: ['$price', 2] } }, ['[1]', '[1, 0]', '[0, 1]']],
    ['$count', { $count: {} }, ['1', '2', '2']],
    ['$first', { $first: '$price' }, ['1', '1', '2']],
    ['$last', { $last: '$price' }, ['1', '2', '3']],
    ['$stdDevPop', { $stdDevPop: '$price' }, ['0.0', '0.5', '0.5']],
    [
      '$stdDevSamp',
      { $stdDevSamp: '$price' },
      ['null', '0.7071067811865476', '0.7071067811865476'],
    ],
    ['$lastN', { $lastN: { input: '$price', n: 1 } }, ['[1]', '[2]', '[3]']],
    ['$top', { $top: { sortBy: { price: -1 }, output: '$price' } }, ['1', '2', '3']],
  ])('%s, when the window slides, sees the window', async (_name, operator, expected) => {
    expect(await values(row(1, 2, 3), { ...operator, window })).toEqual(expected.map(show));
  });

  test('$push, when its window grows, answers each document its own array', async () => {
    const found = await values(row(1, 2, 3), {
      $push: '$price',
      window: { documents: ['unbounded', 'current'] },
    });
    expect(found).toEqual(['[1]', '[1, 2]', '[1, 2, 3]'].map(show));
  });

  test.each([
    ['an unknown function', { $nope: 1 }, 9],
    ['an accumulator for groups only', { $mergeObjects: '$price' }, 9],
    ['none', { window: {} }, 9],
    ['two', { $sum: 1, $avg: 1 }, 9],
    ['a number', 1, 9],
  ])('a field, when its function is %s, is refused', async (_name, value, code) => {
    expect(await refusal(value)).toBe(code);
  });
});

describe('window functions of their own', () => {
  const TIES = [5, 7, 7, 9, null].map((at, index) => ({ _id: index, at }));
  test.each([
    ['$rank', ['1', '2', '3', '3', '5']],
    ['$denseRank', ['1', '2', '3', '3', '4']],
    ['$documentNumber', ['1', '2', '3', '4', '5']],
  ])('%s, when documents tie, counts as it should', async (name, ranks) => {
    expect(await values(TIES, { [name]: {} })).toEqual(ranks.map(show));
  });

  test('$rank, when it is called otherwise, is refused', async () => {
    expect(await refusal({ $rank: 1 })).toBe(5371603);
    expect(await refusal({ $rank: {}, window: {} })).toBe(5371601);
    expect(await refusal({ $rank: {} }, { sortBy: { at: 1, _id: 1 } })).toBe(5371602);
  });

  test('$shift, when there is no such document, answers the default', async () => {
    const shift = { $shift: { output: '$price', by: 1, default: 'none' } };
    expect(await values(row(1, 2, 3), shift)).toEqual(['2', '3', '"none"'].map(show));
    const back = { $shift: { output: '$price', by: -2 } };
    expect(await values(row(1, 2, 3), back)).toEqual(['null', 'null', '1'].map(show));
    expect(await refusal({ $shift: { output: 1 } })).toBe(9);
    expect(await refusal({ $shift: { output: 1, by: 1 } }, { sortBy: undefined })).toBe(9);
  });

  test('$derivative, when the order is of numbers or dates, answers the slope', async () => {
    const window = { documents: [-1, 0] };
    const slope = { $derivative: { input: '$price' }, window };
    expect(await values(row(1, 3, 7), slope)).toEqual(['null', '2.0', '4.0'].map(show));
    const dates = [1, 2, 4].map((date) => ({ _id: date, at: day(date), price: date * date }));
    const daily = { $derivative: { input: '$price', unit: 'day' }, window };
    const found = (await values(dates, daily)).map((text) => text.replace(/\.?0+1?\}/, '}'));
    expect(found).toEqual(['{value: null}', '{value: 3}', '{value: 6}']);
  });

  test('$derivative, when it is called otherwise, is refused', async () => {
    const window = { documents: [-1, 0] };
    expect(await refusal({ $derivative: { input: '$price' } })).toBe(9);
    expect(await refusal({ $derivative: { input: '$price', unit: 'month' }, window })).toBe(
      5490710,
    );
    expect(await refusal({ $derivative: { input: '$price', unit: 'day' }, window })).toBe(5624900);
    expect(await refusal({ $derivative: { input: '$none' }, window })).toBe(5624903);
    expect(
      await refusal({ $derivative: { input: '$at' }, window }, {}, [{ _id: 1, at: day(1) }]),
    ).toBe(5624901);
  });

  test('$integral, when the window grows, adds the areas', async () => {
    const window = { documents: ['unbounded', 'current'] };
    const area = { $integral: { input: '$price' }, window };
    expect(await values(row(1, 3, 7), area)).toEqual(['0', '2.0', '7.0'].map(show));
    const dates = [1, 2].map((date) => ({ _id: date, at: day(date), price: 12 }));
    const hourly = { $integral: { input: '$price', unit: 'hour' }, window };
    expect(await values(dates, hourly)).toEqual(['0.0', '288.0'].map(show));
    expect(await refusal({ $integral: { input: '$none' } })).toBe(5423900);
  });

  test('$expMovingAvg, when it has N or alpha, weighs the newest', async () => {
    const byCount = { $expMovingAvg: { input: '$price', N: 3 } };
    expect(await values(row(2, 4, null, 8), byCount)).toEqual(
      ['2.0', '3.0', '3.0', '5.5'].map(show),
    );
    const byWeight = { $expMovingAvg: { input: '$price', alpha: 0.75 } };
    expect(await values(row(2, 4), byWeight)).toEqual(['2.0', '3.5'].map(show));
    const decimals = [{ _id: 1, at: 1, price: Decimal128.fromString('1.5') }];
    expect(await values(decimals, byCount)).toEqual([show('1.5m')]);
    expect(await refusal({ $expMovingAvg: { input: '$price', N: 0 } })).toBe(9);
    expect(await refusal({ $expMovingAvg: { input: '$price', alpha: 1 } })).toBe(9);
    expect(await refusal({ $expMovingAvg: { input: '$price', alpha: 1, N: 1 } })).toBe(9);
  });

  test('$locf, when values are null or missing, carries the last one on', async () => {
    const found = await values(row(null, 5, null, null, 2, null), { $locf: '$price' });
    expect(found).toEqual(['null', '5', '5', '5', '2', '2'].map(show));
    expect(await refusal({ $locf: '$price', window: {} })).toBe(9);
  });

  test('$linearFill, when values lie between known ones, puts them on the line', async () => {
    const found = await values(row(null, 10, null, null, 40, null), { $linearFill: '$price' });
    expect(found).toEqual(['null', '10', '20.0', '30.0', '40', 'null'].map(show));
  });

  test('$linearFill, when it cannot be done, is refused', async () => {
    const fill = { $linearFill: '$price' };
    expect(await refusal(fill, { sortBy: undefined })).toBe(605001);
    expect(await refusal(fill, {}, [{ _id: 1, at: 1, price: 'x' }])).toBe(14);
    expect(await refusal(fill, {}, [{ _id: 1, at: 'x', price: 1 }])).toBe(14);
    const twice = [1, 2].map((_id) => ({ _id, at: 1, price: _id }));
    expect(await refusal(fill, {}, twice)).toBe(6050106);
  });

  test('values of all kinds, when they are summed, keep their type', async () => {
    const documents = [
      { _id: 1, at: 1, price: Long.fromNumber(2) },
      { _id: 2, at: 2, price: new Double(1) },
    ];
    const found = await values(documents, { $sum: '$price', window: { documents: [0, 0] } });
    expect(found).toEqual([show('2L'), show('1.0')]);
  });
});

describe('the specification', () => {
  const run = (stage: unknown) =>
    aggregate(new MemorySource({ items: SALES }), 'items', [{ $setWindowFields: stage }]).then(
      () => 'no error',
      (error: { code: number }) => error.code,
    );

  test.each([
    ['no document', 1, 9],
    ['without output', { sortBy: { at: 1 } }, 40414],
    ['with an unknown field', { output: {}, order: 1 }, 40415],
    ['with an order that is none', { output: {}, sortBy: 1 }, 14],
    ['with a constant array to partition by', { output: {}, partitionBy: [1] }, 14],
    ['with conflicting paths', { output: { a: { $sum: 1 }, 'a.b': { $sum: 1 } } }, 6307900],
  ])('$setWindowFields, when it is %s, is refused', async (_name, stage, code) => {
    expect(await run(stage)).toBe(code);
  });

  test('$setWindowFields, when a document is of an array of partitions, is refused', async () => {
    const source = new MemorySource({ items: [{ _id: 1, a: [1] }] });
    const stage = { $setWindowFields: { partitionBy: '$a', output: {} } };
    await expect(aggregate(source, 'items', [stage])).rejects.toMatchObject({ code: 14 });
  });
});
