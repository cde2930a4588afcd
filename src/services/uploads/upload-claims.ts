import path from 'node:path';
import type { ClientSession, Types } from 'mongoose';
import type { Logger } from 'pino';
import { Upload, type UploadFields } from '../../models/upload.model';
import { ApiError } from '../../utils/api-error';
import { claimTempName } from '../media/temp-files';
import { uploadNotFound } from './upload-errors';
import type { UploadFiles } from './upload-files';
import { isLiving, takeLease, type UploadLease } from './upload-lease';

/** A finished upload that one request has for itself, to publish it. */
export interface UploadClaim {
  readonly upload: UploadFields;
  /** Gives the bytes a name in the folder of uploaded files, as if they had come by a form. */
  linkInto(tempDir: string): Promise<string>;
  /**
   * Ends the upload. Call it in the transaction that accepts its bytes: of all requests that try,
   * one commits.
   * @throws ApiError 409 UPLOAD_IN_USE when another has it by now
   */
  endWithin(session: ClientSession | undefined): Promise<void>;
  /**
   * Makes it as it was before `endWithin`, as long as its bytes are there: what had accepted them has
   * refused them after all.
   */
  restore(): Promise<void>;
  /** After everything: deletes the bytes of an ended upload; any other is free again. Never rejects. */
  settle(): Promise<void>;
}

export interface UploadClaims {
  /**
   * Takes a finished upload of this person for publishing.
   * @throws ApiError 404 UPLOAD_NOT_FOUND, 409 UPLOAD_INCOMPLETE or UPLOAD_IN_USE
   */
  take(user: Types.ObjectId, uploadId: Types.ObjectId): Promise<UploadClaim>;
}

interface ClaimDependencies {
  files: UploadFiles;
  logger: Logger;
  expirySeconds: number;
}

export function createUploadClaims({
  files,
  logger,
  expirySeconds,
}: ClaimDependencies): UploadClaims {
  return {
    async take(user, uploadId) {
      const filter = { _id: uploadId, user };
      const lease = await takeLease(filter, { logger, expirySeconds });
      if (!lease) {
        throw (await Upload.exists({ ...filter, ...isLiving() })) ? inUse() : uploadNotFound();
      }
      try {
        const length = await files.length(uploadId);
        if (length === undefined) throw uploadNotFound();
        if (length < lease.upload.bytes) throw incomplete();
      } catch (error) {
        await lease.release();
        throw error;
      }
      return claimOf(lease, files, logger);
    },
  };
}

function claimOf(lease: UploadLease, files: UploadFiles, logger: Logger): UploadClaim {
  const { upload, token } = lease;
  const { _id } = upload;
  return {
    upload,

    async linkInto(tempDir) {
      const file = path.join(tempDir, claimTempName(tempDir));
      await files.linkTo(_id, file);
      return file;
    },

    async endWithin(session) {
      const { deletedCount } = await Upload.deleteOne({ _id, lease: token }, { session });
      if (deletedCount === 0) throw inUse();
    },

    async restore() {
      const { _id: _same, ...fields } = upload;
      await Upload.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true });
      // Without a record, the bytes may have been swept meanwhile: there is nothing to come back.
      if ((await files.length(_id)) === undefined) await Upload.deleteOne({ _id });
    },

    async settle() {
      await lease.release();
      try {
        if (!(await Upload.exists({ _id }))) await files.remove(_id);
      } catch (error) {
        logger.warn(
          { err: error, upload: _id },
          'could not delete a published upload; it is swept',
        );
      }
    },
  };
}

function incomplete(): ApiError {
  return ApiError.conflict('This upload has not come to its end yet', {
    code: 'UPLOAD_INCOMPLETE',
  });
}

function inUse(): ApiError {
  return ApiError.conflict('Another request is at this upload', { code: 'UPLOAD_IN_USE' });
}
