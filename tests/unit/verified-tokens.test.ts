import { MAX_VERIFIED_TOKENS, VerifiedTokens } from '../../src/services/verified-tokens';

const claims = { userId: '64b000000000000000000001', sessionId: '64b000000000000000000002' };
const inAMinute = () => Math.floor(Date.now() / 1000) + 60;

describe('VerifiedTokens', () => {
  test('find, when the token was added, gives what it proves', () => {
    const tokens = new VerifiedTokens();
    tokens.add('one', { claims, expiresAt: inAMinute() });

    expect(tokens.find('one', 0)).toEqual(claims);
    expect(tokens.find('another', 0)).toBeUndefined();
  });

  test('find, when the token is over, gives nothing but within the tolerance', () => {
    const tokens = new VerifiedTokens();
    tokens.add('one', { claims, expiresAt: Math.floor(Date.now() / 1000) - 60 });

    expect(tokens.find('one', 3600)).toEqual(claims);
    expect(tokens.find('one', 0)).toBeUndefined();
    // It is forgotten by then.
    expect(tokens.find('one', 3600)).toBeUndefined();
  });

  test('add, when as many are known as may be, forgets the one that came first', () => {
    const tokens = new VerifiedTokens();
    for (let index = 0; index <= MAX_VERIFIED_TOKENS; index += 1) {
      tokens.add(`token ${index}`, { claims, expiresAt: inAMinute() });
    }

    expect(tokens.find('token 0', 0)).toBeUndefined();
    expect(tokens.find('token 1', 0)).toEqual(claims);
    expect(tokens.find(`token ${MAX_VERIFIED_TOKENS}`, 0)).toEqual(claims);
  });
});
