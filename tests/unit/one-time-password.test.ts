import { Secret } from 'otpauth';
import { matchingStep, newSharedSecret } from '../../src/services/two-factor/one-time-password';
import { hashRecoveryCode, newRecoveryCodes } from '../../src/services/two-factor/recovery-codes';

/** RFC 6238 appendix B: "12345678901234567890", SHA-1; of its eight digits, the last six. */
const SECRET = Secret.fromLatin1('12345678901234567890').base32;
const VECTORS: [seconds: number, code: string, step: number][] = [
  [59, '287082', 0x1],
  [1111111109, '081804', 0x23523ec],
  [1111111111, '050471', 0x23523ed],
  [1234567890, '005924', 0x273ef07],
  [2000000000, '279037', 0x3f940aa],
  [20000000000, '353130', 0x27bc86aa],
];

describe('matchingStep', () => {
  test.each(VECTORS)(
    'at second %d, the code %s is of the step of RFC 6238',
    (seconds, code, step) => {
      expect(matchingStep(SECRET, code, seconds * 1000)).toBe(step);
    },
  );

  test.each([
    ['in the step after', 30_000, 0x23523ec],
    ['in the step before', -30_000, 0x23523ec],
    ['two steps after', 60_000, undefined],
    ['two steps before', -60_000, undefined],
  ])('a code, when it comes %s, is of its own step or of none', (_when, shift, expected) => {
    expect(matchingStep(SECRET, '081804', 1_111_111_109_000 + shift)).toBe(expected);
  });

  test.each(['', '08180', '0818044', '081805', 'abcdef'])('the code %j is of no step', (code) => {
    expect(matchingStep(SECRET, code, 1_111_111_109_000)).toBeUndefined();
  });
});

test('newSharedSecret, when asked twice, gives 160 bits each time, and others', () => {
  const secrets = [newSharedSecret(), newSharedSecret()];

  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(new Set(secrets).size).toBe(2);
});

test('hashRecoveryCode, when a code is typed otherwise, gives the same hash, and never the code', () => {
  const [code = ''] = newRecoveryCodes();
  const typed = [
    code,
    code.toUpperCase(),
    code.replaceAll('-', ''),
    ` ${code.replaceAll('-', ' ')}`,
  ];

  const hashes = typed.map(hashRecoveryCode);

  expect(new Set(hashes).size).toBe(1);
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
});
