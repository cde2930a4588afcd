import { approximateSize } from '../../src/expression/accumulators/size';
import { valueKey } from '../../src/values/key';
import type { Value } from '../../src/values/types';

/** Two to the fortieth texts of a mebibyte that share their parts. */
function repeatingItself(): Value {
  let value: Value = 'x'.repeat(1024 * 1024);
  for (let depth = 0; depth < 40; depth++) value = [value, value];
  return value;
}

test('a key, when a value repeats its own parts without measure, is refused with 10334', () => {
  expect(() => valueKey(repeatingItself())).toThrow(expect.objectContaining({ code: 10334 }));
});

test('a size, when a value repeats its own parts without measure, is only counted up to a bound', () => {
  expect(approximateSize(repeatingItself())).toBeGreaterThan(100 * 1024 * 1024);
});
