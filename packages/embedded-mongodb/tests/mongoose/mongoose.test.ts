import type { Types } from 'mongoose';
import mongoose, { Schema, type Connection, type Model } from 'mongoose';
import aggregatePaginate from 'mongoose-aggregate-paginate-v2';
import { startTestInstance, type TestInstance } from '../support/instance';

interface User {
  name: string;
  email: string;
  age?: number;
}

interface Post {
  title: string;
  author: Types.ObjectId;
  tags: string[];
  comments: { text: string; likes: number }[];
  views: number;
}

let server: TestInstance;
let connection: Connection;
let Users: Model<User>;
let Posts: Model<Post>;

beforeAll(async () => {
  server = await startTestInstance();
  connection = await mongoose.createConnection(server.instance.uri, { dbName: 'blog' }).asPromise();
  const userSchema = new Schema<User>(
    {
      name: { type: String, required: true },
      email: { type: String, unique: true, lowercase: true },
      age: Number,
    },
    { timestamps: true },
  );
  const postSchema = new Schema<Post>({
    title: String,
    author: { type: Schema.Types.ObjectId, ref: 'User', index: true },
    tags: [String],
    comments: [{ text: String, likes: { type: Number, default: 0 } }],
    views: { type: Number, default: 0 },
  });
  postSchema.plugin(aggregatePaginate);
  Users = connection.model<User>('User', userSchema);
  Posts = connection.model<Post>('Post', postSchema);
  await Promise.all([Users.init(), Posts.init()]);
});

afterAll(async () => {
  await connection.close();
  await server.close();
});

beforeEach(async () => {
  await Users.deleteMany({});
  await Posts.deleteMany({});
});

test('save, when a document changed, writes the change and the timestamps', async () => {
  const user = await Users.create({ name: 'Ada', email: 'ADA@example.org' });
  user.age = 36;
  await user.save();
  const stored = await Users.findOne({ email: 'ada@example.org' }).lean();
  expect(stored).toMatchObject({ name: 'Ada', age: 36 });
  expect(stored).toHaveProperty('createdAt');
});

test('create, when a unique value is taken, fails with 11000 and names the key', async () => {
  await Users.create({ name: 'Ada', email: 'ada@example.org' });
  const error = await Users.create({ name: 'Eve', email: 'ada@example.org' }).catch(
    (caught) => caught,
  );
  expect(error.code).toBe(11000);
  expect(error.keyPattern).toEqual({ email: 1 });
  expect(error.keyValue).toEqual({ email: 'ada@example.org' });
  expect(await Users.countDocuments()).toBe(1);
});

test('populate, when posts refer to a user, puts the user in', async () => {
  const author = await Users.create({ name: 'Ada', email: 'ada@example.org' });
  await Posts.create({ title: 'Notes', author: author._id });
  const post = await Posts.findOne({ title: 'Notes' }).populate<{ author: User }>('author');
  expect(post?.author.name).toBe('Ada');
});

test('array updates, when saved through the document, use the right operators', async () => {
  const post = await Posts.create({
    title: 'Notes',
    tags: ['a'],
    comments: [{ text: 'one' }, { text: 'two' }],
  });
  post.tags.push('b');
  const second = post.comments[1];
  if (second) second.likes = 5;
  await post.save();
  await Posts.updateOne({ 'comments.text': 'one' }, { $inc: { 'comments.$.likes': 2 } });
  const stored = await Posts.findById(post._id).lean();
  expect(stored?.tags).toEqual(['a', 'b']);
  expect(stored?.comments.map(({ likes }) => likes)).toEqual([2, 5]);
});

test('findOneAndUpdate, when it upserts with defaults, gives the new document', async () => {
  const user = await Users.findOneAndUpdate(
    { email: 'new@example.org' },
    { $set: { name: 'New' } },
    { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
  );
  expect(user).toMatchObject({ name: 'New', email: 'new@example.org' });
  expect(await Users.countDocuments()).toBe(1);
});

test('a session, when the transaction is aborted, leaves both collections as they were', async () => {
  await expect(
    connection.transaction(async (session) => {
      const [author] = await Users.create([{ name: 'Ada', email: 'ada@example.org' }], { session });
      await Posts.create([{ title: 'Notes', author: author?._id }], { session });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await Users.countDocuments()).toBe(0);
  expect(await Posts.countDocuments()).toBe(0);
});

test('a session, when the transaction commits, keeps both', async () => {
  await connection.transaction(async (session) => {
    const [author] = await Users.create([{ name: 'Ada', email: 'ada@example.org' }], { session });
    await Posts.create([{ title: 'Notes', author: author?._id }], { session });
  });
  expect(await Posts.countDocuments()).toBe(1);
  expect(await Users.countDocuments()).toBe(1);
});

test('aggregatePaginate, when a pipeline joins and sorts, gives the page and the totals', async () => {
  const author = await Users.create({ name: 'Ada', email: 'ada@example.org' });
  await Posts.insertMany(
    Array.from({ length: 25 }, (_, index) => ({
      title: `Post ${String(index).padStart(2, '0')}`,
      author: author._id,
      views: index,
    })),
  );
  const pipeline = Posts.aggregate([
    { $match: { views: { $gte: 5 } } },
    { $sort: { views: -1, _id: 1 } },
    { $lookup: { from: 'users', localField: 'author', foreignField: '_id', as: 'author' } },
    { $addFields: { author: { $first: '$author.name' } } },
    { $project: { title: 1, author: 1, _id: 0 } },
  ]);
  const paginating = Posts as unknown as {
    aggregatePaginate(
      aggregate: unknown,
      options: object,
    ): Promise<{ docs: object[]; totalDocs: number; totalPages: number; hasNextPage: boolean }>;
  };
  const page = await paginating.aggregatePaginate(pipeline, { page: 2, limit: 8 });
  expect(page).toMatchObject({ totalDocs: 20, totalPages: 3, hasNextPage: true });
  expect(page.docs).toHaveLength(8);
  expect(page.docs[0]).toEqual({ title: 'Post 16', author: 'Ada' });
});

test('a query cursor, when iterated in small batches, gives every document', async () => {
  await Users.insertMany(
    Array.from({ length: 30 }, (_, index) => ({
      name: `U${index}`,
      email: `u${index}@example.org`,
    })),
  );
  const names: string[] = [];
  for await (const user of Users.find().sort({ email: 1 }).cursor({ batchSize: 4 })) {
    names.push(user.name);
  }
  expect(names).toHaveLength(30);
});
