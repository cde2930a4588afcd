import type { Request, RequestHandler } from 'express';
import multer from 'multer';
import type { Config } from '../../config';
import { createTempStorage } from '../../services/media/temp-storage';
import { MAX_FORM_FIELDS, MULTIPART_OPTIONS } from '../../utils/multipart-options';
import { kindsOf, largestOf, type UploadRules } from './upload-rules';

/**
 * multer for one route's form: its files go to `config.tempDir`, at most one to a field, and its
 * texts to `request.body`.
 * @param onClaim told of every file before its first byte is written
 */
export function createFormParser(
  config: Config,
  rules: UploadRules,
  onClaim: (request: Request, file: string) => void,
): RequestHandler {
  const names = Object.keys(rules);
  return multer({
    ...MULTIPART_OPTIONS,
    storage: createTempStorage({
      tempDir: config.tempDir,
      minFreeBytes: config.minFreeBytes,
      maxBytesOf: (name) => largestOf(kindsOf(rules[name]), config),
      onClaim,
    }),
    limits: {
      ...MULTIPART_OPTIONS.limits,
      // One more than can be right: it is refused by its field, whose name the answer then tells.
      files: names.length + 1,
      parts: names.length + 1 + MAX_FORM_FIELDS,
    },
  }).fields(names.map((name) => ({ name, maxCount: 1 })));
}
