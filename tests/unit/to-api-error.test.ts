import createHttpError from 'http-errors';
import jwt from 'jsonwebtoken';
import mongoose from 'mongoose';
import { ApiError } from '../../src/utils/api-error';
import { toApiError } from '../../src/utils/to-api-error';

const Thing = mongoose.model(
  'ErrorMappingThing',
  new mongoose.Schema({ title: { type: String, required: true }, size: Number }),
);

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

const named = (name: string, extra: object = {}) =>
  Object.assign(new Error('inside'), { name }, extra);

describe('toApiError', () => {
  test('toApiError, when given an ApiError, answers the same', () => {
    const error = ApiError.conflict('taken');

    expect(toApiError(error)).toBe(error);
  });

  test.each<[string, () => unknown, number, string]>([
    [
      'a Mongoose ValidationError',
      () => new Thing({}).validate().catch((error: unknown) => error),
      400,
      'VALIDATION_FAILED',
    ],
    [
      'a Mongoose CastError',
      () => thrownBy(() => Thing.find({ size: 'x' }).cast(Thing)),
      400,
      'VALIDATION_FAILED',
    ],
    ['a VersionError', () => named('VersionError'), 409, 'EDIT_CONFLICT'],
    [
      'an expired JWT',
      () => thrownBy(() => jwt.verify(jwt.sign({ exp: 1 }, 'k'), 'k')),
      401,
      'TOKEN_EXPIRED',
    ],
    [
      'a forged JWT',
      () => thrownBy(() => jwt.verify(jwt.sign({}, 'a'), 'b')),
      401,
      'TOKEN_INVALID',
    ],
    [
      'a JWT before its time',
      () => thrownBy(() => jwt.verify(jwt.sign({ nbf: 4e9 }, 'k'), 'k')),
      401,
      'TOKEN_INVALID',
    ],
    ['a malformed URI', () => thrownBy(() => decodeURIComponent('%')), 400, 'MALFORMED_URI'],
    ['an http-errors 404', () => createHttpError(404), 404, 'NOT_FOUND'],
    ['an http-errors 412', () => createHttpError(412), 412, 'PRECONDITION_FAILED'],
    ['an http-errors 413', () => createHttpError(413), 413, 'PAYLOAD_TOO_LARGE'],
    ['an http-errors 416', () => createHttpError(416), 416, 'RANGE_NOT_SATISFIABLE'],
    ['an http-errors 418', () => createHttpError(418), 418, 'BAD_REQUEST'],
    ['an http-errors 503', () => createHttpError(503), 500, 'INTERNAL_ERROR'],
    ['a full disk', () => named('Error', { code: 'ENOSPC' }), 507, 'INSUFFICIENT_STORAGE'],
    [
      'a lost database',
      () => new mongoose.mongo.MongoNetworkError('gone'),
      503,
      'DATABASE_UNAVAILABLE',
    ],
    ['no database in time', () => named('MongoServerSelectionError'), 503, 'DATABASE_UNAVAILABLE'],
    [
      'a Cloudinary object',
      () => ({ message: 'Invalid', name: 'Error', http_code: 400 }),
      502,
      'PROVIDER_ERROR',
    ],
    [
      'a nested Cloudinary object',
      () => ({ error: { message: 'No', http_code: 499 } }),
      502,
      'PROVIDER_ERROR',
    ],
    ['a TypeError', () => new TypeError('x is not a function'), 500, 'INTERNAL_ERROR'],
    ['undefined', () => undefined, 500, 'INTERNAL_ERROR'],
    ['a string', () => 'oops', 500, 'INTERNAL_ERROR'],
  ])(
    'toApiError, when given %s, answers its status and code',
    async (_what, make, status, code) => {
      expect(toApiError(await make())).toMatchObject({ statusCode: status, code });
    },
  );

  test('toApiError, when a unique index is hit, answers 409 and names the field', () => {
    const error = new mongoose.mongo.MongoServerError({
      code: 11000,
      message: 'E11000 duplicate key error',
      keyPattern: { email: 1 },
      keyValue: { email: 'a@example.com' },
    });

    expect(toApiError(error)).toMatchObject({
      statusCode: 409,
      code: 'ALREADY_EXISTS',
      message: 'email already exists',
      errors: [{ field: 'email', message: 'email already exists', code: 'ALREADY_EXISTS' }],
    });
  });

  test('toApiError, when it does not know the error, says nothing of our insides', () => {
    expect(toApiError(new Error('connect ECONNREFUSED 10.0.0.7')).message).toBe(
      'Something went wrong',
    );
  });
});
