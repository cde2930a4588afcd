import type { Request } from 'express';
import { inspectUpload, type UploadedFile } from '../../services/media/inspect-upload';
import { fileTooLarge } from '../../services/media/temp-storage';
import { ApiError } from '../../utils/api-error';
import { malformedForm } from '../../utils/multipart-error';
import { referencedFields } from './referenced-uploads';
import {
  kindsOf,
  largestFile,
  requiredFields,
  type SizeConfig,
  type UploadRules,
} from './upload-rules';

/** The checked files of one form, by field. */
export type FormFiles = Partial<Record<string, UploadedFile>>;

/** What form libraries write for an optional file that the user did not choose. */
const NO_FILE_TEXTS = new Set(['', 'undefined', 'null']);

/**
 * Checks, after multer has read the form, that every file is what its field asks for.
 * @throws ApiError 400 MALFORMED_MULTIPART, FILE_REQUIRED, FILE_EXPECTED and others, 413, 415
 */
export async function checkFormFiles(
  request: Request,
  rules: UploadRules,
  config: SizeConfig,
): Promise<FormFiles> {
  // multer passes by a form whose boundary is empty.
  if (!request.files) throw malformedForm();
  const body = request.body as Record<string, unknown>;
  const parts = request.files as Record<string, Express.Multer.File[]>;
  const named = referencedFields(body, rules);
  const twice = named.find((name) => parts[name]?.[0]);
  if (twice !== undefined) throw sentTwice(twice, rules);
  requireFiles(rules, [...Object.keys(parts), ...named]);

  const files: FormFiles = {};
  for (const [fieldName, rule] of Object.entries(rules)) {
    dropUnchosenFile(body, fieldName);
    const part = parts[fieldName]?.[0];
    if (!part) continue;
    const { originalname: originalName, path, size: bytes } = part;
    const received = { fieldName, originalName, path, bytes };
    const file = await inspectUpload(received, kindsOf(rule));
    // While it was read, the limit was that of the largest kind that the field takes.
    const maxBytes = largestFile(file.kind, config);
    if (bytes > maxBytes) throw fileTooLarge(fieldName, maxBytes);
    files[fieldName] = file;
  }
  return files;
}

/** @throws ApiError 400 FILE_REQUIRED naming every required field that is not among these */
export function requireFiles(rules: UploadRules, present: readonly string[]): void {
  const missing = requiredFields(rules).filter((name) => !present.includes(name));
  if (missing.length > 0) throw filesRequired(missing);
}

function sentTwice(fieldName: string, rules: UploadRules): ApiError {
  const name = rules[fieldName]?.upload ?? fieldName;
  return ApiError.invalidField(name, `Send either ${fieldName} or ${name}`, 'NOT_ALLOWED');
}

/** 400 naming every file that is missing. */
export function filesRequired(names: readonly string[]): ApiError {
  const code = 'FILE_REQUIRED';
  return ApiError.badRequest(`A file is required in ${names.join(' and ')}`, {
    code,
    errors: names.map((field) => ({ field, message: `A file is required in ${field}`, code })),
  });
}

function dropUnchosenFile(body: Record<string, unknown>, fieldName: string): void {
  const text = body[fieldName];
  if (text === undefined) return;
  if (typeof text !== 'string' || !NO_FILE_TEXTS.has(text)) {
    throw ApiError.invalidField(fieldName, `${fieldName} must be a file`, 'FILE_EXPECTED');
  }
  delete body[fieldName];
}
