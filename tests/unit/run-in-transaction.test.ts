import mongoose, { mongo } from 'mongoose';
import { runInTransaction } from '../../src/db/run-in-transaction';

/** Makes the server refuse to open a transaction with this answer. */
function refuseWith(message: string, code: number): void {
  jest
    .spyOn(mongoose.connection, 'transaction')
    .mockRejectedValue(new mongo.MongoServerError({ message, code }));
}

describe('runInTransaction', () => {
  afterEach(() => jest.restoreAllMocks());

  test('runInTransaction, when the server is a standalone one, runs the work once without a session', async () => {
    refuseWith('Transaction numbers are only allowed on a replica set member or mongos', 20);
    const work = jest.fn(async () => 'done');

    expect(await runInTransaction(work)).toBe('done');
    expect(work.mock.calls).toEqual([[undefined]]);
  });

  test.each([
    ['another illegal operation', 'Cannot do that here', 20],
    ['a write conflict', 'Write conflict', 112],
  ])('runInTransaction, when it fails by %s, passes the error on', async (_what, message, code) => {
    refuseWith(message, code);
    const work = jest.fn(async () => 'done');

    await expect(runInTransaction(work)).rejects.toThrow(message);
    expect(work).not.toHaveBeenCalled();
  });
});
