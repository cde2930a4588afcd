import express from 'express';
import request from 'supertest';
import { clearTokenCookies, setTokenCookies } from '../../src/utils/token-cookies';
import { cookiesOf } from '../helpers/answers';

const tokens = { accessToken: 'access', refreshToken: 'refresh' };

function appWith(overrides: { isProduction: boolean; cookieSameSite: 'lax' | 'strict' | 'none' }) {
  const config = {
    ...overrides,
    corsOrigins: [],
    refreshToken: { secret: 'r'.repeat(32), previousSecrets: [], expirySeconds: 60 },
  };
  const app = express();
  app.post('/set', (incoming, response) => {
    setTokenCookies(incoming, response, tokens, config);
    response.end();
  });
  app.post('/clear', (_incoming, response) => {
    clearTokenCookies(response, config);
    response.end();
  });
  return app;
}

describe('token cookies', () => {
  test('cookies, when in production, are Secure and HttpOnly with the configured SameSite', async () => {
    const app = appWith({ isProduction: true, cookieSameSite: 'none' });

    const { accessToken, refreshToken } = cookiesOf(await request(app).post('/set'));

    const shared = { httponly: '', secure: '', samesite: 'None', 'max-age': '60' };
    expect(accessToken?.attributes).toMatchObject({ ...shared, path: '/' });
    expect(refreshToken?.attributes).toMatchObject({ ...shared, path: '/api/v1/users' });
  });

  test('cookies, when cleared, carry the attributes that they were set with', async () => {
    const app = appWith({ isProduction: true, cookieSameSite: 'strict' });

    const set = cookiesOf(await request(app).post('/set'));
    const cleared = cookiesOf(await request(app).post('/clear'));

    for (const name of ['accessToken', 'refreshToken']) {
      const { 'max-age': _maxAge, expires: _expires, ...kept } = set[name]?.attributes ?? {};
      const { expires, ...rest } = cleared[name]?.attributes ?? {};
      expect(rest).toEqual(kept);
      expect(expires).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
      expect(cleared[name]?.value).toBe('');
    }
  });

  test('cookies, when outside production, work without TLS', async () => {
    const app = appWith({ isProduction: false, cookieSameSite: 'lax' });

    const { accessToken } = cookiesOf(await request(app).post('/set'));

    expect(accessToken?.attributes).not.toHaveProperty('secure');
  });

  test('cookies, when a foreign page asks, are not set at all', async () => {
    const app = appWith({ isProduction: true, cookieSameSite: 'lax' });

    const answer = await request(app).post('/set').set('Origin', 'http://localhost:5173');

    expect(cookiesOf(answer)).toEqual({});
  });
});
