import type { Collection, Types } from 'mongoose';
import { MediaJob } from '../../models/media-job.model';
import { Removal } from '../../models/removal.model';
import { UserFile } from '../../models/user-file.model';
import { User } from '../../models/user.model';
import { Video } from '../../models/video.model';
import type { PlannedAsset, StoredAsset } from '../media/media-store';

/** Where a document refers to a stored file. */
export interface Place {
  collection: Collection;
  field: string;
  id: Types.ObjectId;
  asset: Pick<StoredAsset, 'publicId' | 'resourceType' | 'url'>;
}

export interface Reference {
  publicId: string;
  /** Absent for a file that is only meant to be stored, or to be removed. */
  place?: Place;
}

interface Referring {
  collection: Collection;
  /** Fields that hold an asset, or a list of them. */
  fields: readonly string[];
}

/** What announces a file before its first byte is stored, and what has still to remove one. */
const INTENTS: readonly Referring[] = [
  { collection: MediaJob.collection, fields: ['files', 'asset'] },
  { collection: Removal.collection, fields: ['assets'] },
];

const PLACES: readonly Referring[] = [
  { collection: User.collection, fields: ['avatar', 'coverImage'] },
  { collection: Video.collection, fields: ['videoFile', 'thumbnail'] },
  { collection: UserFile.collection, fields: ['asset'] },
];

/** Documents that travel at a time. */
const BATCH_SIZE = 1000;

/**
 * Everything in the database that refers to a stored file, read from beginning to end.
 *
 * Intents come first, because that is the way files go: an intent names a file before it is stored,
 * and the transaction that makes the reference drops the intent. So a file that was in the store
 * before this began, and is nobody's left-over, is found as the one or as the other, whatever is
 * committed meanwhile.
 */
export async function* mediaReferences(): AsyncGenerator<Reference> {
  for (const { collection, fields } of INTENTS) {
    for await (const document of readAll(collection, fields)) {
      for (const { publicId } of fields.flatMap((field) => assetsIn(document[field]))) {
        yield { publicId };
      }
    }
  }
  for (const { collection, fields } of PLACES) {
    for await (const document of readAll(collection, fields)) {
      for (const field of fields) {
        for (const asset of assetsIn(document[field])) {
          const place = { collection, field, id: document._id, asset };
          yield { publicId: asset.publicId, place };
        }
      }
    }
  }
}

/** Whether the document refers to the file now. */
export async function stillRefers({ collection, field, id, asset }: Place): Promise<boolean> {
  const filter = { _id: id, [`${field}.publicId`]: asset.publicId };
  return (await collection.countDocuments(filter, { limit: 1 })) > 0;
}

type Fields = Record<string, unknown> & { _id: Types.ObjectId };

function readAll(collection: Collection, fields: readonly string[]): AsyncIterable<Fields> {
  const names = fields.flatMap((field) =>
    ['publicId', 'resourceType', 'url'].map((name) => `${field}.${name}`),
  );
  const projection = Object.fromEntries(names.map((name) => [name, 1]));
  return collection.find<Fields>({}, { projection, batchSize: BATCH_SIZE });
}

function assetsIn(value: unknown): (PlannedAsset & { url: string })[] {
  if (value === undefined || value === null) return [];
  const assets = (Array.isArray(value) ? value : [value]) as (PlannedAsset & { url: string })[];
  return assets.filter(({ publicId }) => typeof publicId === 'string');
}
