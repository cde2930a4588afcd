import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Binary, type GridFSBucket } from 'mongodb';
import type { OperationTable } from './operation';

/** The operations on GridFS buckets (specification "GridFS", in the names of the unified format). */
export const bucketOperations: OperationTable<GridFSBucket> = {
  delete: (bucket, { id }) => bucket.delete(id),
  download: async (bucket, { id }) => new Binary(await buffer(bucket.openDownloadStream(id))),
  downloadByName: async (bucket, { filename, ...options }) =>
    new Binary(await buffer(bucket.openDownloadStreamByName(filename, options))),
  drop: (bucket) => bucket.drop(),
  rename: (bucket, { id, newFilename }) => bucket.rename(id, newFilename),
  upload: async (bucket, { filename, source, ...options }) => {
    const upload = bucket.openUploadStream(filename, options);
    await pipeline([Buffer.from(source.$$hexBytes, 'hex')], upload);
    return upload.id;
  },
};
