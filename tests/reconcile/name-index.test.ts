import { NameIndex } from '../../src/services/reconcile/name-index';

const names = (prefix: string) => Array.from({ length: 5000 }, (_value, n) => `${prefix}/${n}`);

describe('NameIndex', () => {
  test('has, when names were added in several goes, knows each of them and no other', () => {
    const index = new NameIndex();
    for (const name of names('a')) index.add(name);
    expect(index.has('a/0')).toBe(true);
    for (const name of names('b')) index.add(name);

    expect([...names('a'), ...names('b')].filter((name) => !index.has(name))).toEqual([]);
    expect(names('c').filter((name) => index.has(name))).toEqual([]);
    expect(index.size).toBe(10_000);
  });

  test('has, when nothing was added, knows nothing', () => {
    expect(new NameIndex().has('a')).toBe(false);
  });
});
