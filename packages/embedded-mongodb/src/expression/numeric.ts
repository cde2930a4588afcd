import { Int32, Long } from 'bson';
import { isIntegralNumber, isNumeric, toBigInteger, toDouble } from '../values/numbers';
import type { MaybeValue } from '../values/types';

export { isNumeric as isNumber, toDouble as toNumber };

/** The value as a 64-bit integer, or undefined when it is not a whole number in that range. */
export function asBigInt(value: MaybeValue): bigint | undefined {
  if (!isNumeric(value) || !isIntegralNumber(value)) return undefined;
  const integer = toBigInteger(value);
  return integer !== undefined && BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

/** The value as a JavaScript integer of at most `bits` bits, or undefined when it is none. */
export function asIntegerNumber(value: MaybeValue, bits: 32 | 64): number | undefined {
  if (value instanceof Int32) return value.value;
  const integer = asBigInt(value);
  if (integer === undefined) return undefined;
  return bits === 64 || BigInt.asIntN(32, integer) === integer ? Number(integer) : undefined;
}

/** The smallest integer type that holds a whole JavaScript number: int, or else long. */
export function integerValue(value: number | bigint): Int32 | Long {
  return value >= -2147483648 && value <= 2147483647
    ? new Int32(Number(value))
    : Long.fromBigInt(BigInt(value));
}
