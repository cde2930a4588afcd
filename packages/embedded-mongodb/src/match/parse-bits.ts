import { Binary, Double } from 'bson';
import { MongoServerError } from '../errors';
import { isNumeric } from '../values/bson-types';
import { isIntegralNumber, toBigInteger } from '../values/numbers';
import type { Value } from '../values/types';
import { formatElement, parseIntegerOrThrow } from './operands';

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

/**
 * The bit positions that an operand of `$bitsAllSet` and its like names: a list of positions, a
 * number as mask, or binary data as mask (least significant bit of the first byte is position 0).
 * @throws MongoServerError 2 or 9 when it is none of them
 */
export function parseBitTest(path: string, name: string, operand: Value): number[] {
  if (Array.isArray(operand)) return ascending(operand.map((entry, i) => position(entry, i)));
  if (isNumeric(operand)) {
    const mask = parseIntegerOrThrow(name, operand);
    if (mask < 0n) {
      throw new MongoServerError(
        'FailedToParse',
        `Expected a non-negative number in: ${formatElement(name, operand)}`,
      );
    }
    return positionsOf(mask);
  }
  if (operand instanceof Binary) return positionsOfBytes(operand.value());
  throw bad(
    `${path} takes an Array, a number, or a BinData but received: ${formatElement(name, operand)}`,
  );
}

function position(entry: Value, index: number): number {
  const element = formatElement(String(index), entry);
  if (!isNumeric(entry)) throw bad(`bit positions must be an integer but got: ${element}`);
  if (entry instanceof Double && Number.isNaN(entry.value)) {
    throw bad(`bit positions cannot take a NaN: ${element}`);
  }
  const value = toBigInteger(entry);
  if (value === undefined || value > 2147483647n || value < -2147483648n) {
    throw bad(`bit positions cannot be represented as a 32-bit signed integer: ${element}`);
  }
  if (!isIntegralNumber(entry)) {
    throw bad(`bit positions must be an integer but got: ${element}`);
  }
  if (value < 0n) throw bad(`bit positions must be >= 0 but got: ${element}`);
  return Number(value);
}

function ascending(positions: readonly number[]): number[] {
  return [...new Set(positions)].sort((a, b) => a - b);
}

function positionsOf(mask: bigint): number[] {
  const positions: number[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if ((mask >> BigInt(bit)) & 1n) positions.push(bit);
  }
  return positions;
}

function positionsOfBytes(bytes: Uint8Array): number[] {
  const positions: number[] = [];
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit++) {
      if (byte & (1 << bit)) positions.push(index * 8 + bit);
    }
  });
  return positions;
}
