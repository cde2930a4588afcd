import {
  idLength,
  lastRecordIdLength,
  readId,
  readRecordId,
  recordIdBytes,
  setId,
} from '../../src/storage/identifiers';

function idBytes(id: number): Buffer {
  const bytes = Buffer.alloc(idLength(id));
  setId(bytes, 0, id);
  return bytes;
}

describe('ids of collections and indexes', () => {
  test.each([
    [1, '01'],
    [247, 'f7'],
    [248, 'f8f8'],
    [255, 'f8ff'],
    [256, 'f90100'],
    [65_535, 'f9ffff'],
    [65_536, 'fa010000'],
    [16_777_216, 'fb01000000'],
    [4_294_967_295, 'fbffffffff'],
  ])('setId, for %i, writes %s, which readId reads', (id, hex) => {
    expect(idBytes(id).toString('hex')).toBe(hex);
    expect(readId(Buffer.concat([Buffer.of(9), idBytes(id)]), 1)).toBe(id);
  });

  test('setId, for growing ids, writes bytes in their order', () => {
    const ids = [0, 1, 247, 248, 255, 256, 65_535, 65_536, 16_777_215, 16_777_216];
    const sorted = ids.map(idBytes).sort((left, right) => Buffer.compare(left, right));
    expect(sorted.map((bytes) => readId(bytes, 0))).toEqual(ids);
  });
});

describe('record ids', () => {
  test.each([
    [0, '000000'],
    [1, '000004'],
    [2 ** 20 - 1, '3ffffc'],
    [2 ** 20, '40400001'],
    [2 ** 28 - 1, '7ffffffd'],
    [2 ** 28, '8040000002'],
    [2 ** 36 - 1, 'bffffffffe'],
    [2 ** 36, 'c04000000003'],
    [2 ** 44 - 1, 'ffffffffffff'],
  ])('recordIdBytes, for %i, answers %s, which is read from both ends', (recordId, hex) => {
    const bytes = recordIdBytes(recordId);
    expect(bytes.toString('hex')).toBe(hex);
    expect(readRecordId(Buffer.concat([Buffer.of(7), bytes]), 1)).toBe(recordId);
    expect(lastRecordIdLength(Buffer.concat([Buffer.of(7), bytes]))).toBe(bytes.length);
  });

  test('recordIdBytes, beyond the largest record id, refuses', () => {
    expect(() => recordIdBytes(2 ** 44)).toThrow('out of range');
  });
});
