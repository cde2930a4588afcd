import type { Request, Response } from 'express';
import type { Types } from 'mongoose';
import type { AppDependencies } from '../../app-dependencies';
import { inspectUpload, type UploadedFile } from '../../services/media/inspect-upload';
import { releaseClaimedFile } from '../../services/media/temp-files';
import { fileTooLarge } from '../../services/media/temp-storage';
import type { UploadClaim } from '../../services/uploads/upload-claims';
import { afterAnswer } from '../../utils/after-answer';
import { ApiError } from '../../utils/api-error';
import { uploadReference } from '../../validators/upload.validator';
import { viewerOf } from '../authenticate.middleware';
import type { FormFiles } from './form-files';
import { kindsOf, largestFile, type UploadFieldRule, type UploadRules } from './upload-rules';

type ReferenceDependencies = Pick<AppDependencies, 'config' | 'logger' | 'uploads'>;

/** A field of a form whose file has come already, as a resumable upload. */
interface Reference {
  fieldName: string;
  /** The text field that names the upload. */
  name: string;
  rule: UploadFieldRule;
  uploadId: Types.ObjectId;
}

/** The file fields for which a body names uploads. */
export function referencedFields(body: unknown, rules: UploadRules): string[] {
  return Object.keys(rules).filter((fieldName) => textIn(body, rules[fieldName]?.upload));
}

/**
 * Takes the uploads that the body names, as if their files had come with the form; the texts that
 * named them leave the body. They are free again when the response is closed, or gone when the
 * files were accepted.
 * @throws ApiError 400 naming a text that names no upload, 404 UPLOAD_NOT_FOUND, 409
 *   UPLOAD_INCOMPLETE or UPLOAD_IN_USE, and what `inspectUpload` throws
 */
export async function takeReferencedFiles(
  request: Request,
  response: Response,
  rules: UploadRules,
  dependencies: ReferenceDependencies,
): Promise<FormFiles> {
  const files: FormFiles = {};
  for (const reference of takeReferences(request, rules)) {
    const { uploadId, fieldName } = reference;
    const claim = await dependencies.uploads.claims
      .take(viewerOf(request), uploadId)
      .catch((error: unknown) => {
        throw namingField(error, reference);
      });
    afterAnswer(response, () => void claim.settle());
    files[fieldName] = await fileOf(claim, reference, response, dependencies);
  }
  return files;
}

async function fileOf(
  claim: UploadClaim,
  { fieldName, rule }: Reference,
  response: Response,
  { config, logger }: ReferenceDependencies,
): Promise<UploadedFile> {
  const path = await claim.linkInto(config.tempDir);
  afterAnswer(response, () => void releaseClaimedFile(path, logger));
  const { originalName, bytes } = claim.upload;
  const file = await inspectUpload({ fieldName, originalName, path, bytes }, kindsOf(rule));
  // What the client called it decided how large it could be while it came.
  const maxBytes = largestFile(file.kind, config);
  if (bytes > maxBytes) throw fileTooLarge(fieldName, maxBytes);
  return { ...file, upload: claim };
}

function takeReferences(request: Request, rules: UploadRules): Reference[] {
  const body = request.body as Record<string, unknown> | undefined;
  return Object.entries(rules).flatMap(([fieldName, rule]) => {
    const { upload: name } = rule;
    if (!body || name === undefined) return [];
    const text = textIn(body, name);
    delete body[name];
    if (text === undefined) return [];
    const parsed = uploadReference.safeParse(text);
    if (!parsed.success) {
      throw ApiError.invalidField(name, `${name} must be the id of an upload`);
    }
    return [{ fieldName, name, rule, uploadId: parsed.data }];
  });
}

/** Forms send an empty text for what was not chosen. */
function textIn(body: unknown, name: string | undefined): unknown {
  if (name === undefined || typeof body !== 'object' || body === null) return undefined;
  const text = Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
  return text === '' || text === null ? undefined : text;
}

function namingField(error: unknown, { name }: Reference): unknown {
  if (!(error instanceof ApiError)) return error;
  const { statusCode, message, code } = error;
  return new ApiError(statusCode, message, { code, errors: [{ field: name, message, code }] });
}
