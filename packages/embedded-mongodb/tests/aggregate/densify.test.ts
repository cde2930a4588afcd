import { aggregate, MemorySource } from '../helpers/memory-source';

function densify(documents: object[], stage: unknown): Promise<string[]> {
  return aggregate(new MemorySource({ items: documents }), 'items', [{ $densify: stage }]);
}

const at = (...values: number[]) => values.map((value) => ({ at: value }));
const show = (...values: number[]) => values.map((value) => `{at: ${value}}`);
const hour = (hours: number): Date => new Date(Date.UTC(2021, 4, 18, hours));

describe('$densify over all documents', () => {
  test.each([
    ['have gaps', [1, 3, 6], 1, [1, 2, 3, 4, 5, 6]],
    ['lie between steps', [0, 3, 5], 2, [0, 2, 3, 4, 5]],
    ['have none', [1, 2], 1, [1, 2]],
    ['are none', [], 1, []],
  ])('$densify, when the values %s, fills up to the last', async (_name, values, step, filled) => {
    const stage = { field: 'at', range: { step, bounds: 'full' } };
    expect(await densify(at(...values), stage)).toEqual(show(...filled));
  });

  test('$densify, when a document has no such field, passes it on', async () => {
    const stage = { field: 'at', range: { step: 1, bounds: 'full' } };
    const found = await densify([{ a: 1 }, ...at(1, 3)], stage);
    expect(found).toEqual(['{a: 1}', ...show(1, 2, 3)]);
  });

  test('$densify, when the values are dates, steps by the unit', async () => {
    const documents = [{ time: { at: hour(0) } }, { time: { at: hour(4) } }];
    const stage = { field: 'time.at', range: { step: 2, unit: 'hour', bounds: 'full' } };
    const found = await densify(documents, stage);
    expect(found).toHaveLength(3);
    expect(found[1]).toContain('2021-05-18T02:00:00.000Z');
  });
});

describe('$densify between bounds', () => {
  test.each([
    ['values lie inside', [2, 4], [1, 6], [1, 2, 3, 4, 5]],
    ['values lie around', [-1, 3, 9], [1, 5], [-1, 1, 2, 3, 4, 9]],
    ['there are none', [], [1, 3], [1, 2]],
    ['all are below', [-2, -1], [0, 2], [-2, -1, 0, 1]],
    ['all are above', [7, 8], [0, 2], [0, 1, 7, 8]],
  ])('$densify, when %s, fills without the upper bound', async (_name, values, bounds, filled) => {
    const stage = { field: 'at', range: { step: 1, bounds } };
    expect(await densify(at(...values), stage)).toEqual(show(...filled));
  });
});

describe('$densify by partition', () => {
  const PLANTS = [
    { kind: 'a', at: 1 },
    { kind: 'a', at: 3 },
    { kind: 'b', at: 2 },
    { kind: 'b', at: 4 },
  ];
  const stage = (bounds: unknown) => ({
    field: 'at',
    partitionByFields: ['kind'],
    range: { step: 1, bounds },
  });
  const valuesOf = (found: string[], kind: string): number[] =>
    found
      .filter((text) => text.includes(`kind: "${kind}"`))
      .map((text) => Number(/at: (\d+)/.exec(text)?.[1]))
      .sort((left, right) => left - right);

  test.each([
    ['partition', [1, 2, 3], [2, 3, 4]],
    ['full', [1, 2, 3, 4], [1, 2, 3, 4]],
    [
      [0, 6],
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5],
    ],
  ])('$densify, when the bounds are %s, fills each partition', async (bounds, first, second) => {
    const found = await densify(PLANTS, stage(bounds));
    expect(found).toHaveLength(first.length + second.length);
    expect(valuesOf(found, 'a')).toEqual(first);
    expect(valuesOf(found, 'b')).toEqual(second);
  });
});

describe('$densify, when it cannot be done', () => {
  const range = { step: 1, bounds: 'full' };
  test.each([
    ['no document', 1, 9],
    ['without a range', { field: 'at' }, 40414],
    ['with an unknown field', { field: 'at', range, by: 1 }, 40415],
    ['with a step of zero', { field: 'at', range: { step: 0, bounds: 'full' } }, 5733401],
    ['without bounds', { field: 'at', range: { step: 1 } }, 40414],
    [
      'with a fraction of days',
      { field: 'at', range: { step: 0.5, unit: 'day', bounds: 'full' } },
      6586400,
    ],
    ['with one bound', { field: 'at', range: { step: 1, bounds: [1] } }, 5733403],
    ['with descending bounds', { field: 'at', range: { step: 1, bounds: [2, 1] } }, 5733402],
    [
      'with a unit for numbers',
      { field: 'at', range: { step: 1, unit: 'day', bounds: [1, 2] } },
      5733409,
    ],
    ['with types that differ', { field: 'at', range: { step: 0.5, bounds: [1, 2] } }, 5876900],
    ['with texts as bounds', { field: 'at', range: { step: 1, bounds: ['a', 'b'] } }, 5946800],
    [
      'with dates without a unit',
      { field: 'at', range: { step: 1, bounds: [hour(1), hour(2)] } },
      5733410,
    ],
    ['with unknown bounds', { field: 'at', range: { step: 1, bounds: 'all' } }, 5946802],
    ['with a number as bounds', { field: 'at', range: { step: 1, bounds: 1 } }, 5733404],
    [
      'with partition bounds for none',
      { field: 'at', range: { step: 1, bounds: 'partition' } },
      5733408,
    ],
  ])('it is refused %s', async (_name, stage, code) => {
    await expect(densify(at(1, 2), stage)).rejects.toMatchObject({ code });
  });

  test.each([
    ['a text', [{ at: 'x' }], 5733201],
    ['a date without a unit', [{ at: hour(1) }], 6053600],
    ['too far away', at(0, 500_002), 5897900],
  ])('it is refused for a document with %s', async (_name, documents, code) => {
    await expect(densify(documents, { field: 'at', range })).rejects.toMatchObject({ code });
  });
});
