import { randomBytes } from 'node:crypto';
import type { Types } from 'mongoose';
import { User, type UserFields } from '../../src/models/user.model';

/** Puts a person straight into the database, for tests that need many who never sign in. */
export async function seedUser(fields: Partial<UserFields> = {}): Promise<Types.ObjectId> {
  const username = `seeded_${randomBytes(6).toString('hex')}`;
  const user = await User.create({
    username,
    email: `${username}@example.com`,
    fullName: 'Seeded Person',
    password: 'never signs in',
    avatar: {
      url: '/media/images/seeded.png',
      publicId: 'images/seeded.png',
      resourceType: 'image',
      bytes: 100,
      format: 'png',
    },
    ...fields,
  });
  return user._id;
}
