import bcrypt from 'bcrypt';
import { createPasswordService, normalizePassword } from '../../src/services/password.service';

const passwords = createPasswordService({ bcryptCost: 4 });

describe('hash', () => {
  test('hash, when the cost is 4, answers a bcrypt hash of that cost that matches', async () => {
    const hash = await passwords.hash('analytical engine');

    expect(hash).toMatch(/^\$2b\$04\$/);
    expect(await bcrypt.compare('analytical engine', hash)).toBe(true);
  });
});

describe('matches', () => {
  test.each([
    ['the password itself', 'analytical engine', true],
    ['another case', 'Analytical engine', false],
    ['a space more', 'analytical engine ', false],
    ['a NUL and more', 'analytical engine\0x', false],
    ['nothing', '', false],
  ])('matches, when given %s, answers as expected', async (_what, given, expected) => {
    const stored = await passwords.hash('analytical engine');

    expect(await passwords.matches(given, stored)).toBe(expected);
  });

  test('matches, when 72 bytes are right and more follow, refuses what bcrypt would accept', async () => {
    const longest = 'x'.repeat(72);
    const stored = await passwords.hash(longest);

    expect(await bcrypt.compare(`${longest}anything`, stored)).toBe(true);
    expect(await passwords.matches(`${longest}anything`, stored)).toBe(false);
    expect(await passwords.matches(longest, stored)).toBe(true);
  });

  test('matches, when there is no such user, compares at the configured cost all the same', async () => {
    const compare = jest.spyOn(bcrypt, 'compare');

    expect(await passwords.matches('analytical engine', undefined)).toBe(false);

    expect(compare).toHaveBeenCalledTimes(1);
    expect(compare).toHaveBeenCalledWith(
      'analytical engine',
      expect.stringMatching(/^\$2b\$04\$[./A-Za-z0-9]{53}$/),
    );
    compare.mockRestore();
  });
});

describe('matches, once the configured cost was raised', () => {
  const COSTS = { old: 4, present: 7 };
  const raised = createPasswordService({ bcryptCost: COSTS.present });

  /** Rounds of all comparisons together: what a comparison takes doubles with each step of cost. */
  async function roundsOf(work: () => Promise<unknown>): Promise<number> {
    const compare = jest.spyOn(bcrypt, 'compare');
    await work();
    const rounds = compare.mock.calls.map(([, hash]) => 2 ** bcrypt.getRounds(hash));
    compare.mockRestore();
    return rounds.reduce((sum, each) => sum + each, 0);
  }

  test('matches, when a cheap hash is not the password’s, does the work of an unknown user', async () => {
    const cheap = await createPasswordService({ bcryptCost: COSTS.old }).hash('analytical engine');

    expect(await roundsOf(() => raised.matches('difference engine', cheap))).toBe(2 ** 7);
    expect(await roundsOf(() => raised.matches('difference engine', undefined))).toBe(2 ** 7);
    expect(await raised.matches('difference engine', cheap)).toBe(false);
    expect(await raised.matches('analytical engine', cheap)).toBe(true);
  });
});

describe('needsRehash', () => {
  test('needsRehash, when the stored cost is below the configured one, says yes', async () => {
    const stored = await passwords.hash('analytical engine');

    expect(createPasswordService({ bcryptCost: 5 }).needsRehash(stored)).toBe(true);
    expect(passwords.needsRehash(stored)).toBe(false);
  });
});

describe('normalizePassword', () => {
  test('normalizePassword, when a letter is composed or decomposed, answers the same', () => {
    expect(normalizePassword('cafe\u0301 noir')).toBe('caf\u00e9 noir');
    expect(normalizePassword(' Two  Spaces ')).toBe(' Two  Spaces ');
  });
});
