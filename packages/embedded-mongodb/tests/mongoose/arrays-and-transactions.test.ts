import mongoose, { Schema, type Connection } from 'mongoose';
import { startTestInstance, type TestInstance } from '../support/instance';

let server: TestInstance;
let connection: Connection;

beforeAll(async () => {
  server = await startTestInstance();
  connection = await mongoose.createConnection(server.instance.uri, { dbName: 'shop' }).asPromise();
});

afterAll(async () => {
  await connection.close();
  await server.close();
});

function orderModel() {
  const line = new Schema({ sku: String, count: Number, notes: [String] });
  const order = new Schema({ customer: String, totals: [Number], lines: [line] });
  return connection.model('Order', order);
}

let Orders: ReturnType<typeof orderModel>;

beforeAll(async () => {
  Orders = orderModel();
  await Orders.createCollection();
});

beforeEach(() => Orders.deleteMany({}));

async function createOrder() {
  return Orders.create({
    customer: 'Ada',
    totals: [1, 2, 3],
    lines: [
      { sku: 'a', count: 1 },
      { sku: 'b', count: 2 },
    ],
  });
}

async function linesOf(id: unknown): Promise<[string, number, string[]][]> {
  const order = await Orders.findById(id).lean().orFail();
  return order.lines.map(({ sku, count, notes }) => [sku ?? '', count ?? 0, notes]);
}

describe('save, when arrays of a document changed', () => {
  test('by pushes at the end and at the front, writes them in that order', async () => {
    const order = await createOrder();
    order.totals.push(4);
    await order.save();
    order.totals.unshift(0);
    await order.save();
    expect((await Orders.findById(order._id).lean().orFail()).totals).toEqual([0, 1, 2, 3, 4]);
  });

  test('in one line and by another line at once, writes both', async () => {
    const order = await createOrder();
    order.lines[0]!.notes.push('fragile');
    order.lines[1]!.count = 9;
    order.lines.push({ sku: 'c', count: 3 });
    await order.save();
    expect(await linesOf(order._id)).toEqual([
      ['a', 1, ['fragile']],
      ['b', 9, []],
      ['c', 3, []],
    ]);
  });

  test('by position after somebody else took elements out, is refused with a VersionError', async () => {
    const { _id } = await createOrder();
    const first = await Orders.findById(_id).orFail();
    const second = await Orders.findById(_id).orFail();
    first.totals.splice(0, 1);
    await first.save();
    second.set('totals.2', 9);
    await expect(second.save()).rejects.toMatchObject({ name: 'VersionError' });
    expect((await Orders.findById(_id).lean().orFail()).totals).toEqual([2, 3]);
  });
});

describe('updateOne, when it addresses elements', () => {
  test('through the positional operator and a set, changes the matched line alone', async () => {
    const { _id } = await createOrder();
    await Orders.updateOne(
      { _id, 'lines.sku': 'b' },
      { $set: { 'lines.$.count': '7' }, $addToSet: { 'lines.$.notes': 'late' } },
    );
    expect(await linesOf(_id)).toEqual([
      ['a', 1, []],
      ['b', 7, ['late']],
    ]);
  });

  test('through array filters with $or, changes every line that they match', async () => {
    const { _id } = await createOrder();
    await Orders.updateOne(
      { _id },
      { $inc: { 'lines.$[line].count': 10 } },
      { arrayFilters: [{ $or: [{ 'line.sku': 'b' }, { 'line.count': { $gt: 5 } }] }] },
    );
    expect(await linesOf(_id)).toEqual([
      ['a', 1, []],
      ['b', 12, []],
    ]);
  });

  test('without a position, is refused and changes nothing', async () => {
    const { _id } = await createOrder();
    await expect(Orders.updateOne({ _id }, { 'lines.count': 5 })).rejects.toMatchObject({
      code: 28,
      message: expect.stringContaining("Cannot create field 'count' in element {lines: ["),
    });
    expect(await linesOf(_id)).toEqual([
      ['a', 1, []],
      ['b', 2, []],
    ]);
  });

  test('through $pull of what lacks a field inside an array, takes out those lines', async () => {
    const { _id } = await createOrder();
    await Orders.updateOne({ _id, 'lines.sku': 'a' }, { $push: { 'lines.$.notes': 'first' } });
    await Orders.updateOne({ _id }, { $pull: { lines: { 'notes.0': { $exists: false } } } });
    expect(await linesOf(_id)).toEqual([['a', 1, ['first']]]);
  });
});

describe('connection.transaction', () => {
  test('when its work fails for a while, runs it again and commits once', async () => {
    const order = new Orders({ customer: 'Grace' });
    let attempts = 0;
    await connection.transaction(async (session) => {
      attempts += 1;
      await order.save({ session });
      if (attempts === 3) return;
      const error = new mongoose.mongo.MongoServerError({ message: 'busy' });
      error.addErrorLabel('TransientTransactionError');
      throw error;
    });
    expect(attempts).toBe(3);
    expect(await Orders.countDocuments({ customer: 'Grace' })).toBe(1);
  });

  test('when its work throws, undoes it and keeps the changes of the document for a later save', async () => {
    const order = await createOrder();
    await expect(
      connection.transaction(async (session) => {
        order.totals.push(4);
        await order.save({ session });
        throw new Error('declined');
      }),
    ).rejects.toThrow('declined');
    expect((await Orders.findById(order._id).lean().orFail()).totals).toEqual([1, 2, 3]);
    await order.save();
    expect((await Orders.findById(order._id).lean().orFail()).totals).toEqual([1, 2, 3, 4]);
  });

  test('when it is open, only its session sees what it wrote', async () => {
    const session = await connection.startSession();
    session.startTransaction();
    await Orders.create([{ customer: 'Joan' }], { session });
    expect(await Orders.countDocuments({ customer: 'Joan' })).toBe(0);
    expect(await Orders.countDocuments({ customer: 'Joan' }).session(session)).toBe(1);
    expect(await Orders.distinct('customer').session(session)).toEqual(['Joan']);
    await session.abortTransaction();
    await session.endSession();
    expect(await Orders.countDocuments({})).toBe(0);
  });
});

test('watch, when somebody listens, ends with the error of a server without change streams', async () => {
  const stream = Orders.watch();
  const error = await new Promise<Error>((resolve) => stream.once('error', resolve));
  await stream.close();
  expect(error).toMatchObject({
    name: 'MongoServerError',
    code: 40573,
    message: 'The $changeStream stage is only supported on replica sets',
  });
});
