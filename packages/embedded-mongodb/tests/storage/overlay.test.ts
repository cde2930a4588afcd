import { Overlay } from '../../src/storage/overlay';
import type { KeyValueReader } from '../../src/storage/types';

const key = (text: string): Buffer => Buffer.concat([Buffer.of(5, 0, 0, 0, 1), Buffer.from(text)]);
const NOTHING = Buffer.alloc(0);
const empty: KeyValueReader = {
  sequence: 0,
  get: () => undefined,
  range: () => [],
  counter: () => 0,
};
const everything = { start: Buffer.of(0), end: Buffer.of(0xff) };
const keysIn = (overlay: Overlay): string[] =>
  [...overlay.range(everything)].map((entry) => entry.key.subarray(5).toString());
const changesOf = (overlay: Overlay): string[] =>
  overlay
    .changeGroups()
    .flat()
    .map((change) => change.key.subarray(5).toString());

describe('Overlay', () => {
  let overlay: Overlay;

  beforeEach(() => {
    overlay = new Overlay(empty);
  });

  test('keys that were added, are found one by one and in ranges', () => {
    overlay.add(key('b'), Buffer.of(2));
    overlay.add(key('a'), Buffer.of(1));
    expect(overlay.size).toBe(2);
    expect(keysIn(overlay)).toEqual(['a', 'b']);
    expect(overlay.get(key('b'))).toEqual(Buffer.of(2));
    expect(overlay.has(key('a').toString('latin1'))).toBe(true);
    expect(overlay.has(key('c').toString('latin1'))).toBe(false);
    expect(overlay.size).toBe(2);
  });

  test('a key that was added after its range was read, is in the next range', () => {
    overlay.add(key('b'), NOTHING);
    expect(keysIn(overlay)).toEqual(['b']);
    overlay.add(key('a'), NOTHING);
    expect(keysIn(overlay)).toEqual(['a', 'b']);
  });

  test('a key that was added and then deleted, is one change', () => {
    overlay.add(key('a'), NOTHING);
    overlay.delete(key('a'));
    expect(overlay.get(key('a'))).toBeUndefined();
    expect(changesOf(overlay)).toEqual(['a']);
  });

  test('a key that was deleted and then added, is one change', () => {
    overlay.delete(key('a'));
    overlay.add(key('a'), Buffer.of(1));
    expect(overlay.get(key('a'))).toEqual(Buffer.of(1));
    expect(changesOf(overlay)).toEqual(['a']);
  });

  test('keys that were added in an attempt that fails, are gone, whether read meanwhile or not', () => {
    overlay.add(key('kept'), NOTHING);
    const failing = (meanwhile: () => void): void =>
      overlay.attempt(() => {
        overlay.add(key('a'), NOTHING);
        meanwhile();
        overlay.add(key('b'), NOTHING);
        throw new Error('failed');
      });
    expect(() => failing(() => undefined)).toThrow('failed');
    expect(changesOf(overlay)).toEqual(['kept']);
    expect(() => failing(() => expect(keysIn(overlay)).toEqual(['a', 'kept']))).toThrow('failed');
    expect(() => failing(() => overlay.get(key('a')))).toThrow('failed');
    expect(changesOf(overlay)).toEqual(['kept']);
    expect(keysIn(overlay)).toEqual(['kept']);
  });

  test('a key that was added and then put in an attempt that fails, is as it was added', () => {
    overlay.add(key('a'), Buffer.of(1));
    const failing = (): void =>
      overlay.attempt(() => {
        overlay.put(key('a'), Buffer.of(2));
        throw new Error('failed');
      });
    expect(failing).toThrow('failed');
    expect(overlay.get(key('a'))).toEqual(Buffer.of(1));
  });
});
