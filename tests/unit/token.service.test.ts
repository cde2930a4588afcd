import jwt from 'jsonwebtoken';
import { createTokenService, hashToken } from '../../src/services/token.service';
import { releaseClock, stopClock } from '../helpers/clock';

const accessToken = { secret: 'a'.repeat(32), previousSecrets: [], expirySeconds: 900 };
const refreshToken = { secret: 'r'.repeat(32), previousSecrets: [], expirySeconds: 864_000 };
const tokens = createTokenService({ accessToken, refreshToken });

const USER = '64b000000000000000000001';
const SESSION = '64b000000000000000000002';
const access = { userId: USER, sessionId: SESSION };
const refresh = { ...access, tokenId: 'first' };
const issuedAt = new Date('2030-01-01T00:00:00.000Z');
const expiresAt = new Date('2030-01-11T00:00:00.000Z');

const goodPayload = { typ: 'access', sid: SESSION };
const goodOptions: jwt.SignOptions = {
  algorithm: 'HS256',
  issuer: 'videotube',
  audience: 'videotube-api',
  subject: USER,
  expiresIn: 900,
};

describe('access tokens', () => {
  test('signAccessToken, when verified, gives back who and which session, and no more', () => {
    const token = tokens.signAccessToken(access);

    expect(tokens.verifyAccessToken(token)).toEqual(access);
    expect(Object.keys(jwt.decode(token) as object).sort()).toEqual(
      ['aud', 'exp', 'iat', 'iss', 'sid', 'sub', 'typ'].sort(),
    );
  });

  test.each<[string, object, jwt.SignOptions, string]>([
    ['another secret', goodPayload, goodOptions, 'z'.repeat(32)],
    ['the refresh secret', goodPayload, goodOptions, refreshToken.secret],
    ['another algorithm', goodPayload, { ...goodOptions, algorithm: 'HS512' }, accessToken.secret],
    ['another issuer', goodPayload, { ...goodOptions, issuer: 'else' }, accessToken.secret],
    ['another audience', goodPayload, { ...goodOptions, audience: 'else' }, accessToken.secret],
    ['another kind', { ...goodPayload, typ: 'refresh' }, goodOptions, accessToken.secret],
    ['no session', { typ: 'access' }, goodOptions, accessToken.secret],
    [
      'an operator as session',
      { ...goodPayload, sid: { $ne: 1 } },
      goodOptions,
      accessToken.secret,
    ],
    ['a subject that is no id', goodPayload, { ...goodOptions, subject: 'x' }, accessToken.secret],
  ])(
    'verifyAccessToken, when the token has %s, throws TOKEN_INVALID',
    (_what, payload, options, secret) => {
      const token = jwt.sign(payload, secret, options);

      expect(() => tokens.verifyAccessToken(token)).toThrow(
        expect.objectContaining({ statusCode: 401, code: 'TOKEN_INVALID' }),
      );
    },
  );

  test('verifyAccessToken, when a token that was good before is over since, throws TOKEN_EXPIRED', () => {
    stopClock();
    try {
      const token = tokens.signAccessToken(access);
      const issued = Date.now();
      tokens.verifyAccessToken(token);
      // Five seconds are granted to clocks that differ.
      jest.setSystemTime(issued + 903_000);
      expect(tokens.verifyAccessToken(token)).toEqual(access);
      jest.setSystemTime(issued + 905_000);

      expect(() => tokens.verifyAccessToken(token)).toThrow(
        expect.objectContaining({ statusCode: 401, code: 'TOKEN_EXPIRED' }),
      );
    } finally {
      releaseClock();
    }
  });

  test('verifyAccessToken, when the secret of a token that was good before is no longer known, throws TOKEN_INVALID', () => {
    const token = tokens.signAccessToken(access);
    tokens.verifyAccessToken(token);
    const restarted = createTokenService({
      accessToken: { ...accessToken, secret: 'b'.repeat(32) },
      refreshToken,
    });

    expect(() => restarted.verifyAccessToken(token)).toThrow(
      expect.objectContaining({ statusCode: 401, code: 'TOKEN_INVALID' }),
    );
  });

  test('verifyAccessToken, when a token that never ends is signed by us, throws TOKEN_INVALID', () => {
    const { expiresIn: _never, ...options } = goodOptions;
    const token = jwt.sign(goodPayload, accessToken.secret, options);

    expect(() => tokens.verifyAccessToken(token)).toThrow(
      expect.objectContaining({ statusCode: 401, code: 'TOKEN_INVALID' }),
    );
  });

  test('verifyAccessToken, when the token is unsigned (alg none), throws TOKEN_INVALID', () => {
    const token = jwt.sign(goodPayload, '', { ...goodOptions, algorithm: 'none' });

    expect(() => tokens.verifyAccessToken(token)).toThrow(
      expect.objectContaining({ code: 'TOKEN_INVALID' }),
    );
  });

  test.each(['', 'x', 'a.b.c', 'null', `${'x'.repeat(5000)}`])(
    'verifyAccessToken, when the token is %.20j, throws TOKEN_INVALID',
    (token) => {
      expect(() => tokens.verifyAccessToken(token)).toThrow(
        expect.objectContaining({ code: 'TOKEN_INVALID' }),
      );
    },
  );

  test('verifyAccessToken, when the token is too old, throws TOKEN_EXPIRED unless age is no matter', () => {
    const token = jwt.sign(goodPayload, accessToken.secret, { ...goodOptions, expiresIn: -10 });

    expect(() => tokens.verifyAccessToken(token)).toThrow(
      expect.objectContaining({ statusCode: 401, code: 'TOKEN_EXPIRED' }),
    );
    expect(tokens.verifyAccessToken(token, { evenExpired: true })).toEqual(access);
  });
});

describe('the age of tokens', () => {
  const signedFor = (seconds: number, secret = accessToken.secret) =>
    jwt.sign(goodPayload, secret, { ...goodOptions, expiresIn: seconds });

  test('verifyAccessToken, when clocks differ by less than five seconds, still takes the token', () => {
    expect(tokens.verifyAccessToken(signedFor(-3))).toEqual(access);
    expect(() => tokens.verifyAccessToken(signedFor(-8))).toThrow(
      expect.objectContaining({ code: 'TOKEN_EXPIRED' }),
    );
  });

  test('verifyAccessToken, when tokens live for seconds only, grants no extra time', () => {
    const hasty = createTokenService({
      accessToken: { ...accessToken, expirySeconds: 2 },
      refreshToken,
    });

    expect(() => hasty.verifyAccessToken(signedFor(-1))).toThrow(
      expect.objectContaining({ code: 'TOKEN_EXPIRED' }),
    );
  });
});

describe('secrets of before', () => {
  const rotated = createTokenService({
    accessToken: { ...accessToken, secret: 'b'.repeat(32), previousSecrets: ['a'.repeat(32)] },
    refreshToken: { ...refreshToken, secret: 's'.repeat(32), previousSecrets: ['r'.repeat(32)] },
  });
  const term = {
    issuedAt: new Date(),
    expiresAt: new Date(Date.now() + 60_000),
  };

  test('verifyAccessToken, when a listed secret signed the token, takes it', () => {
    expect(rotated.verifyAccessToken(tokens.signAccessToken(access))).toEqual(access);
    expect(rotated.verifyAccessToken(rotated.signAccessToken(access))).toEqual(access);
  });

  test('verifyAccessToken, when a listed secret signed a token that is too old, throws TOKEN_EXPIRED', () => {
    const old = jwt.sign(goodPayload, accessToken.secret, { ...goodOptions, expiresIn: -60 });

    expect(() => rotated.verifyAccessToken(old)).toThrow(
      expect.objectContaining({ code: 'TOKEN_EXPIRED' }),
    );
  });

  test('signAccessToken, when there are secrets of before, signs by the new one alone', () => {
    const token = rotated.signAccessToken(access);

    expect(() => tokens.verifyAccessToken(token)).toThrow(
      expect.objectContaining({ code: 'TOKEN_INVALID' }),
    );
  });

  test('verifyAccessToken, when a refresh secret of before signed the token, throws TOKEN_INVALID', () => {
    const token = jwt.sign(goodPayload, refreshToken.secret, goodOptions);

    expect(() => rotated.verifyAccessToken(token)).toThrow(
      expect.objectContaining({ code: 'TOKEN_INVALID' }),
    );
  });

  test('possibleSuccessors, when a secret was replaced, holds those of both, the new one first', () => {
    const successors = rotated.possibleSuccessors(refresh, term);

    expect(successors).toEqual([
      rotated.signSuccessor(refresh, term),
      tokens.signSuccessor(refresh, term),
    ]);
  });
});

describe('refresh tokens', () => {
  test('signRefreshToken, when verified, gives back its claims', () => {
    const future = new Date(Date.now() + 60_000);
    const token = tokens.signRefreshToken({ ...refresh, issuedAt: new Date(), expiresAt: future });

    expect(tokens.verifyRefreshToken(token)).toEqual(refresh);
  });

  test('signRefreshToken, when asked twice for the same, answers the same bytes', () => {
    const request = { ...refresh, issuedAt, expiresAt };

    expect(tokens.signRefreshToken(request)).toBe(tokens.signRefreshToken(request));
    expect(tokens.signRefreshToken({ ...request, tokenId: 'second' })).not.toBe(
      tokens.signRefreshToken(request),
    );
  });

  test('verifyRefreshToken, when given an access token signed with its own secret, throws TOKEN_INVALID', () => {
    const token = jwt.sign({ ...goodPayload, jti: 'x' }, refreshToken.secret, goodOptions);

    expect(() => tokens.verifyRefreshToken(token)).toThrow(
      expect.objectContaining({ code: 'TOKEN_INVALID' }),
    );
  });

  test('signSuccessor, when the secret, the session or the token differs, answers another one', () => {
    const other = createTokenService({
      accessToken,
      refreshToken: { ...refreshToken, secret: 'q'.repeat(32) },
    });
    const term = { issuedAt, expiresAt };
    const successor = tokens.signSuccessor(refresh, term);

    expect(tokens.signSuccessor(refresh, term)).toBe(successor);
    expect(idOf(other.signSuccessor(refresh, term))).not.toBe(idOf(successor));
    expect(idOf(tokens.signSuccessor({ ...refresh, sessionId: USER }, term))).not.toBe(
      idOf(successor),
    );
    expect(idOf(tokens.signSuccessor({ ...refresh, tokenId: 'second' }, term))).not.toBe(
      idOf(successor),
    );
  });

  test('newTokenId, when asked twice, answers two ids', () => {
    expect(tokens.newTokenId()).not.toBe(tokens.newTokenId());
  });
});

test('hashToken, when given a text, answers its SHA-256 in hex', () => {
  expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

function idOf(token: string): unknown {
  return (jwt.decode(token) as jwt.JwtPayload).jti;
}
