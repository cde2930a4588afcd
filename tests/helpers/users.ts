import { randomBytes } from 'node:crypto';
import type { Types } from 'mongoose';
import { User, type UserFields } from '../../src/models/user.model';

/** Puts a person straight into the database, for tests that need people who never sign in. */
export async function seedUser(fields: Partial<UserFields> = {}): Promise<Types.ObjectId> {
  const user = await User.create(seededUser(fields));
  return user._id;
}

/** The same for so many people at once. @returns their ids, in order */
export async function seedUsers(
  count: number,
  fields: Partial<UserFields> = {},
): Promise<Types.ObjectId[]> {
  const users = await User.insertMany(Array.from({ length: count }, () => seededUser(fields)));
  return users.map(({ _id }) => _id);
}

function seededUser(fields: Partial<UserFields>) {
  const username = `seeded_${randomBytes(6).toString('hex')}`;
  return {
    username,
    email: `${username}@example.com`,
    fullName: 'Seeded Person',
    password: 'never signs in',
    avatar: {
      url: '/media/images/seeded.png',
      publicId: 'images/seeded.png',
      resourceType: 'image' as const,
      bytes: 100,
      format: 'png',
    },
    ...fields,
  };
}
