import { inWriteOrder } from '../../src/storage/write-order';

const change = (text: string) => ({
  key: Buffer.concat([Buffer.of(5, 0, 0, 0, 1), Buffer.from(text)]),
  value: Buffer.alloc(0),
});
const shuffled = Array.from({ length: 1000 }, (_, index) =>
  change(`shared${String((index * 7919) % 1000).padStart(4, '0')}`),
);

describe('inWriteOrder', () => {
  test('many changes of one index, all come once, in key order', () => {
    const ordered = inWriteOrder(shuffled).map(({ key }) => key);
    expect(ordered).toHaveLength(1000);
    const expected = shuffled.map(({ key }) => key).sort(Buffer.compare);
    expect(ordered.map(String)).toEqual(expected.map(String));
  });

  test('a key that differs earlier than the sampled ones, comes once', () => {
    const changes = shuffled.with(1, change('a'));
    expect(new Set(inWriteOrder(changes))).toEqual(new Set(changes));
  });

  test('a few changes, come as they are', () => {
    const few = shuffled.slice(0, 10);
    expect(inWriteOrder(few)).toEqual(few);
  });

  test('keys that are each other’s beginnings, all come once', () => {
    const nested = Array.from({ length: 100 }, (_, index) => change('a'.repeat(index)));
    const ordered = inWriteOrder(nested).map(({ key }) => key.length - 5);
    expect(ordered.toSorted((a, b) => a - b)).toEqual(nested.map((_, index) => index));
  });
});
