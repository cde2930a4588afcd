import { fileTypeFromFile } from 'file-type/node';
import type { MediaKind } from './media-store';

export interface DetectedType {
  kind: MediaKind;
  mimeType: string;
  extension: string;
}

/**
 * What we take in and give out again. Browsers show or play all pictures, videos and sounds of it.
 * Documents are those whose type their content alone can tell: a PDF, and subtitles as WebVTT.
 * SubRip and plain text begin like anything, and an office file is an archive of anything.
 */
const ALLOWED_TYPES: readonly DetectedType[] = [
  { kind: 'image', mimeType: 'image/png', extension: 'png' },
  { kind: 'image', mimeType: 'image/jpeg', extension: 'jpg' },
  { kind: 'image', mimeType: 'image/webp', extension: 'webp' },
  { kind: 'image', mimeType: 'image/gif', extension: 'gif' },
  { kind: 'video', mimeType: 'video/mp4', extension: 'mp4' },
  { kind: 'video', mimeType: 'video/webm', extension: 'webm' },
  { kind: 'video', mimeType: 'video/quicktime', extension: 'mov' },
  { kind: 'video', mimeType: 'video/matroska', extension: 'mkv' },
  { kind: 'audio', mimeType: 'audio/mpeg', extension: 'mp3' },
  { kind: 'audio', mimeType: 'audio/mp4', extension: 'm4a' },
  { kind: 'audio', mimeType: 'audio/aac', extension: 'aac' },
  { kind: 'audio', mimeType: 'audio/ogg', extension: 'ogg' },
  { kind: 'audio', mimeType: 'audio/wav', extension: 'wav' },
  { kind: 'audio', mimeType: 'audio/flac', extension: 'flac' },
  { kind: 'audio', mimeType: 'audio/webm', extension: 'weba' },
  { kind: 'document', mimeType: 'application/pdf', extension: 'pdf' },
  { kind: 'document', mimeType: 'text/vtt', extension: 'vtt' },
];

// The detector's finer names for what browsers treat as one type.
const SYNONYMS: Readonly<Record<string, string>> = {
  'video/x-m4v': 'video/mp4',
  'image/apng': 'image/png',
  'video/x-matroska': 'video/matroska',
  'audio/x-m4a': 'audio/mp4',
  'audio/ogg; codecs=opus': 'audio/ogg',
};

/** Containers that begin alike whether they hold a picture or sound alone. */
const SOUND_ALONE: Readonly<Record<string, string>> = {
  'video/mp4': 'audio/mp4',
  'video/webm': 'audio/webm',
};

/**
 * Finds a file's type by its first bytes; names and headers that the client sent play no part.
 * @returns what the file may be, the likeliest first: a container of video may hold sound alone.
 *   Empty when the content is nothing that we accept
 */
export async function detectFileTypes(path: string): Promise<DetectedType[]> {
  const found = await fileTypeFromFile(path);
  if (!found) return [];
  const mimeType = SYNONYMS[found.mime] ?? found.mime;
  const names = [mimeType, SOUND_ALONE[mimeType]];
  return names.flatMap((name) => ALLOWED_TYPES.filter((type) => type.mimeType === name));
}

/** The type of a stored file by its extension, if we store such files. */
export function storedTypeOf(extension: string): DetectedType | undefined {
  return ALLOWED_TYPES.find((type) => type.extension === extension);
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
