import type { UploadState } from '../services/uploads/upload.service';

/** A resumable upload as its owner sees it. */
export function presentUpload(upload: UploadState) {
  const { _id, bytes, offset, kind, originalName, createdAt, expiresAt } = upload;
  return {
    _id: _id.toString(),
    originalName,
    kind,
    bytes,
    offset,
    isComplete: offset === bytes,
    createdAt,
    expiresAt,
  };
}
