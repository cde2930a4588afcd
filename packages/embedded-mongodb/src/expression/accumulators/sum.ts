import { Double, Int32, Long, type Decimal128 } from 'bson';
import { BSON_TYPE, bsonTypeNumber } from '../../values/bson-types';
import { addNumbers, divide, isNumeric, toBigInteger, toDouble } from '../../values/numbers';
import type { MaybeValue, NumericValue } from '../../values/types';

/** Adds doubles and keeps what each addition rounds away, as the server's sums do. */
class CompensatedSum {
  #sum = 0;
  #lost = 0;
  #special = 0;

  add(value: number): void {
    if (!Number.isFinite(value)) this.#special += value;
    const total = this.#sum + value;
    const share = total - this.#sum;
    this.#lost += this.#sum - (total - share) + (value - share);
    this.#sum = total;
  }

  get value(): number {
    // The compensation of an infinite sum is NaN; the plain sum of the infinities is right.
    if (this.#special !== 0) return this.#special;
    return Number.isFinite(this.#sum) ? this.#sum + this.#lost : this.#sum;
  }
}

const SAFE_TOTAL = 2 ** 52;

/**
 * The sum of numbers by MongoDB's rules: the widest type wins, whole sums stay exact, int grows to
 * long and long to double when it overflows. Values that are no numbers are ignored.
 */
export class NumberSum {
  #integers = 0;
  #bigIntegers = 0n;
  readonly #doubles = new CompensatedSum();
  #decimals: NumericValue | undefined;
  #widest: 'int' | 'long' | 'double' | 'decimal' = 'int';
  count = 0;

  add(value: MaybeValue): void {
    if (!isNumeric(value)) return;
    this.count += 1;
    switch (bsonTypeNumber(value)) {
      case BSON_TYPE.INT:
        this.#addInteger(toDouble(value));
        break;
      case BSON_TYPE.LONG:
        if (this.#widest === 'int') this.#widest = 'long';
        this.#bigIntegers += toBigInteger(value)!;
        break;
      case BSON_TYPE.DOUBLE:
        if (this.#widest !== 'decimal') this.#widest = 'double';
        this.#doubles.add(toDouble(value));
        break;
      default:
        this.#widest = 'decimal';
        this.#decimals = this.#decimals ? addNumbers(this.#decimals, value) : value;
    }
  }

  #addInteger(value: number): void {
    this.#integers += value;
    if (Math.abs(this.#integers) < SAFE_TOTAL) return;
    this.#bigIntegers += BigInt(this.#integers);
    this.#integers = 0;
  }

  get #wholeTotal(): bigint {
    return this.#bigIntegers + BigInt(this.#integers);
  }

  get #doubleTotal(): number {
    const whole = this.#wholeTotal;
    const doubles = this.#doubles.value;
    return whole === 0n ? doubles : Number(whole) + doubles;
  }

  #decimalTotal(): NumericValue {
    let total: NumericValue = this.#decimals ?? new Int32(0);
    const doubles = this.#doubles.value;
    if (doubles !== 0) total = addNumbers(total, new Double(doubles));
    const whole = this.#wholeTotal;
    return whole === 0n ? total : addNumbers(total, Long.fromBigInt(BigInt.asIntN(64, whole)));
  }

  total(): NumericValue {
    if (this.#widest === 'decimal') return this.#decimalTotal();
    if (this.#widest === 'double') return new Double(this.#doubleTotal);
    const whole = this.#wholeTotal;
    if (BigInt.asIntN(64, whole) !== whole) return new Double(Number(whole));
    if (this.#widest === 'int' && BigInt.asIntN(32, whole) === whole) {
      return new Int32(Number(whole));
    }
    return Long.fromBigInt(whole);
  }

  /** The mean as a double, or a decimal when one was added; null when nothing was. */
  average(): Double | Decimal128 | null {
    if (this.count === 0) return null;
    const total = this.#widest === 'decimal' ? this.#decimalTotal() : new Double(this.#doubleTotal);
    return divide(total, new Int32(this.count)) as Double | Decimal128;
  }
}

/** Standard deviation in one pass (Welford), over the values that are numbers. */
export class Deviation {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: MaybeValue): void {
    if (!isNumeric(value)) return;
    const number = toDouble(value);
    this.#count += 1;
    const delta = number - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (number - this.#mean);
  }

  result(kind: 'population' | 'sample'): MaybeValue {
    const divisor = kind === 'population' ? this.#count : this.#count - 1;
    return divisor <= 0 ? null : new Double(Math.sqrt(this.#squares / divisor));
  }
}
