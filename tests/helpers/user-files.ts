import { randomBytes } from 'node:crypto';
import { Types } from 'mongoose';
import type { Test } from 'supertest';
import { UserFile } from '../../src/models/user-file.model';
import { moveStoredBytes } from '../../src/services/uploads/quota.service';
import type { SignedInAccount } from './accounts';
import { fixture } from './fixtures';
import { call } from './posts';
import type { TestServer } from './server';

/** Keeps a fixture under its own name, or under another; the answer is the caller's to judge. */
export function sendFile(
  server: TestServer,
  account: SignedInAccount | undefined,
  name: string,
  filename = name,
): Test {
  return call(server, 'post', '/files', account).attach('file', fixture(name), { filename });
}

/** A row without its bytes in the store. @returns its id */
export async function seedUserFile(
  owner: string | Types.ObjectId,
  originalName = 'picture.png',
): Promise<string> {
  const name = randomBytes(16).toString('hex');
  const publicId = `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}.png`;
  await moveStoredBytes(new Types.ObjectId(owner), 1, undefined);
  const { _id } = await UserFile.create({
    owner,
    asset: { url: `/media/${publicId}`, publicId, resourceType: 'image', bytes: 1, format: 'png' },
    originalName,
    mimeType: 'image/png',
    kind: 'image',
  });
  return _id.toString();
}
