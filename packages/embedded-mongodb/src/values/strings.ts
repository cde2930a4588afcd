/**
 * Orders strings as their UTF-8 bytes do, which is code point order. UTF-16 code units order the
 * same except that surrogates sort below U+E000..U+FFFF, hence the correction.
 */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = a.length < b.length ? a.length : b.length;
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) {
      if (left >= 0xd800 && right >= 0xd800) return codePointRank(left) - codePointRank(right);
      return left - right;
    }
  }
  return a.length - b.length;
}

function codePointRank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
