import { fileTypeFromFile } from 'file-type/node';
import type { MediaKind } from './media-store';

export interface DetectedType {
  kind: MediaKind;
  mimeType: string;
  extension: string;
}

/** What we take in and give out again; browsers show all of it without help. */
const ALLOWED_TYPES: readonly DetectedType[] = [
  { kind: 'image', mimeType: 'image/png', extension: 'png' },
  { kind: 'image', mimeType: 'image/jpeg', extension: 'jpg' },
  { kind: 'image', mimeType: 'image/webp', extension: 'webp' },
  { kind: 'image', mimeType: 'image/gif', extension: 'gif' },
  { kind: 'video', mimeType: 'video/mp4', extension: 'mp4' },
  { kind: 'video', mimeType: 'video/webm', extension: 'webm' },
  { kind: 'video', mimeType: 'video/quicktime', extension: 'mov' },
  { kind: 'video', mimeType: 'video/matroska', extension: 'mkv' },
];

// The detector's finer names for what browsers treat as one type.
const SYNONYMS: Readonly<Record<string, string>> = {
  'video/x-m4v': 'video/mp4',
  'image/apng': 'image/png',
  'video/x-matroska': 'video/matroska',
};

/**
 * Finds a file's type by its first bytes; names and headers that the client sent play no part.
 * @returns undefined when the content is nothing that we accept
 */
export async function detectFileType(path: string): Promise<DetectedType | undefined> {
  const found = await fileTypeFromFile(path);
  if (!found) return undefined;
  const mimeType = SYNONYMS[found.mime] ?? found.mime;
  return ALLOWED_TYPES.find((type) => type.mimeType === mimeType);
}

/** The Content-Type under which a stored file of this extension is served, if we store such files. */
export function contentTypeOf(extension: string): string | undefined {
  return ALLOWED_TYPES.find((type) => type.extension === extension)?.mimeType;
}

/** Every media type of this kind that we accept. */
export function contentTypesOf(kind: MediaKind): string[] {
  return ALLOWED_TYPES.filter((type) => type.kind === kind).map(({ mimeType }) => mimeType);
}

/** For people: `PNG, JPG, WEBP or GIF`. */
export function allowedTypesText(kind: MediaKind): string {
  const names = ALLOWED_TYPES.filter((type) => type.kind === kind).map((type) =>
    type.extension.toUpperCase(),
  );
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
