import { aggregate, MemorySource } from '../helpers/memory-source';

const NUMBERS = [45, 87, 58, 44, 66];

function evaluate(expression: object): Promise<string[]> {
  const source = new MemorySource({ items: [{ _id: 1, numbers: NUMBERS, mixed: ['x', 3, null] }] });
  return aggregate(source, 'items', [{ $project: { _id: 0, value: expression } }]);
}

function group(accumulator: object): Promise<string[]> {
  const source = new MemorySource({ items: [...NUMBERS.map((n) => ({ n })), { n: 'x' }, {}] });
  return aggregate(source, 'items', [
    { $group: { _id: null, value: accumulator } },
    { $project: { _id: 0 } },
  ]);
}

const method = 'approximate';

test.each([
  ['the 95th', { p: [0.95], input: '$numbers' }, '[87.0]'],
  ['several', { p: [0, 0.5, 0.9, 1], input: '$numbers' }, '[44.0, 58.0, 87.0, 87.0]'],
  ['of one number', { p: [0.1, 0.9], input: 7 }, '[7.0, 7.0]'],
  ['of what is not all numbers', { p: [0.5], input: '$mixed' }, '[3.0]'],
  ['of no number', { p: [0.5, 0.6], input: '$none' }, '[null, null]'],
])('$percentile, when it asks for %s, answers doubles', async (_name, operand, value) => {
  expect(await evaluate({ $percentile: { ...operand, method } })).toEqual([`{value: ${value}}`]);
});

test('$median, when it is an expression or an accumulator, answers one number', async () => {
  expect(await evaluate({ $median: { input: '$numbers', method } })).toEqual(['{value: 58.0}']);
  expect(await evaluate({ $median: { input: '$none', method } })).toEqual(['{value: null}']);
  expect(await group({ $median: { input: '$n', method } })).toEqual(['{value: 58.0}']);
});

test('$percentile, when it is an accumulator, sees the numbers of the group', async () => {
  const found = await group({ $percentile: { input: '$n', p: [0.2, 0.21], method } });
  expect(found).toEqual(['{value: [44.0, 45.0]}']);
});

test('$median, when it is a window function, sees the window', async () => {
  const source = new MemorySource({ items: NUMBERS.map((n, _id) => ({ _id, n })) });
  const window = { documents: [-2, 0] };
  const stage = { sortBy: { _id: 1 }, output: { m: { $median: { input: '$n', method }, window } } };
  const found = await aggregate(source, 'items', [
    { $setWindowFields: stage },
    { $project: { _id: 0, m: 1 } },
  ]);
  expect(found).toEqual(['45.0', '45.0', '58.0', '58.0', '58.0'].map((m) => `{m: ${m}}`));
});

test.each([
  ['no document', 1, 7436200],
  ['without p', { input: 1, method }, 40414],
  ['without a method', { input: 1, p: [0.5] }, 40414],
  ['with another method', { input: 1, p: [0.5], method: 'discrete' }, 2],
  ['with an unknown field', { input: 1, p: [0.5], method, q: 1 }, 40415],
  ['with p of the document', { input: 1, p: ['$a'], method }, 7750300],
  ['with one p', { input: 1, p: 0.5, method }, 7750301],
  ['with a text as p', { input: 1, p: ['x'], method }, 7750302],
  ['with p above 1', { input: 1, p: [1.5], method }, 7750303],
])('$percentile, when it is %s, is refused', async (_name, operand, code) => {
  await expect(evaluate({ $percentile: operand })).rejects.toMatchObject({ code });
});
