import { Types } from 'mongoose';
import { Upload } from '../../models/upload.model';
import { createUploadFiles } from '../uploads/upload-files';
import type { Folders, Found } from './left-overs';

/** Ids in one query. */
const BATCH_SIZE = 500;

/**
 * Bytes of resumable uploads without a record. That is made before its file, so whatever is listed
 * had one before it is looked up.
 */
export async function uploadsWithoutRecord({
  uploadsDir,
}: Pick<Folders, 'uploadsDir'>): Promise<Found[]> {
  const names = await createUploadFiles(uploadsDir, 0).list();
  const found: Found[] = [];
  for (let start = 0; start < names.length; start += BATCH_SIZE) {
    const batch = names.slice(start, start + BATCH_SIZE);
    const ids = batch.map((name) => new Types.ObjectId(name));
    const living = await Upload.find({ _id: { $in: ids } }, { _id: 1 }).lean();
    const known = new Set(living.map(({ _id }) => _id.toString()));
    const orphans = batch.filter((name) => !known.has(name));
    found.push(
      ...orphans.map((name) => ({ what: 'resumable upload' as const, name, folder: uploadsDir })),
    );
  }
  return found;
}
