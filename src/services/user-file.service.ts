import { Types, type ClientSession } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { UserFile, type UserFileFields } from '../models/user-file.model';
import { ApiError } from '../utils/api-error';
import { commitAssets } from './media/commit-assets';
import type { UploadedFile } from './media/inspect-upload';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';
import type { Removals } from './removal/removal.service';
import { growStoredBytes, moveStoredBytes } from './uploads/quota.service';

/** Of a file whose client gave it no name that could be shown. */
const UNNAMED = 'file';

type FileDependencies = Pick<AppDependencies, 'config' | 'mediaStore' | 'removals'>;

/**
 * Keeps a file for its owner.
 * @throws ApiError 401 when the account is gone, 413 QUOTA_EXCEEDED, and whatever the store throws;
 * then nothing is kept
 */
export async function addUserFile(
  dependencies: FileDependencies,
  owner: Types.ObjectId,
  file: UploadedFile,
): Promise<UserFileFields> {
  const _id = new Types.ObjectId();
  return commitAssets(dependencies, _id, { file }, async (assets, session) => {
    const { mimeType, kind } = file;
    const originalName = file.originalName || UNNAMED;
    const kept = new UserFile({ _id, owner, asset: assets.file, originalName, mimeType, kind });
    await kept.save({ session });
    await growStoredBytes(dependencies.config, owner, assets.file.bytes, session);
    return kept.toObject();
  });
}

/** @throws ApiError 404 for a file that is absent or somebody else's */
export async function findUserFile(
  fileId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<UserFileFields> {
  const file = await UserFile.findOne({ _id: fileId, owner }).lean();
  if (!file) throw fileNotFound();
  return file;
}

/**
 * Deletes a file; its bytes go by a durable removal.
 * @throws ApiError 404 for a file that is absent or somebody else's
 */
export async function deleteUserFile(
  removals: Removals,
  fileId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  const removal = await runInTransaction((session) =>
    deleteUserFileWithin(removals, { _id: fileId, owner }, session),
  );
  if (!removal) throw fileNotFound();
  await removals.run(removal);
}

/**
 * Deletes a file in a transaction.
 * @returns the removal to run after the commit; undefined when the owner has no such file
 */
export async function deleteUserFileWithin(
  removals: Pick<Removals, 'schedule'>,
  own: Pick<UserFileFields, '_id' | 'owner'>,
  session: ClientSession | undefined,
): Promise<Types.ObjectId | undefined> {
  const file = await UserFile.findOneAndDelete(own, { session }).lean();
  if (!file) return undefined;
  await moveStoredBytes(file.owner, -file.asset.bytes, session);
  return removals.schedule({ kind: 'asset', target: file._id, assets: [file.asset] }, session);
}

/** One page of a person's files, newest first. */
export async function listUserFiles(
  owner: Types.ObjectId,
  query: PageQuery,
): Promise<ArrayPage<UserFileFields>> {
  return pageOfArray<UserFileFields>(UserFile, userFileList(owner), query);
}

export function userFileList(owner: Types.ObjectId): ArrayList {
  return { filter: { owner }, order: NEWEST_FIRST };
}

function fileNotFound(): ApiError {
  return ApiError.notFound('File not found', { code: 'FILE_NOT_FOUND' });
}
