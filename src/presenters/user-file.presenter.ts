import type { UserFileFields } from '../models/user-file.model';
import { absoluteUrl } from '../utils/absolute-url';

/** A file as its owner sees it, named field by field. */
export function presentUserFile(
  { _id, asset, originalName, mimeType, kind, createdAt }: UserFileFields,
  publicUrl: string,
) {
  return {
    _id: _id.toString(),
    url: absoluteUrl(publicUrl, asset.url),
    originalName,
    kind,
    mimeType,
    bytes: asset.bytes,
    width: asset.width ?? null,
    height: asset.height ?? null,
    duration: asset.durationSeconds ?? null,
    createdAt,
  };
}
