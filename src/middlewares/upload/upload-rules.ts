import type { Config } from '../../config';
import type { MediaKind } from '../../services/media/media-store';

export interface UploadFieldRule {
  /** What the file must be by its content: this, or one of these. */
  kind: MediaKind | readonly MediaKind[];
  required?: boolean;
  /** The text field that may name a resumable upload in its place. */
  upload?: string;
}

/** The file fields of one route's form; any other file is refused. */
export type UploadRules = Readonly<Record<string, UploadFieldRule>>;

export type SizeConfig = Pick<
  Config,
  'maxVideoBytes' | 'maxImageBytes' | 'maxAudioBytes' | 'maxDocumentBytes'
>;

/** Text fields, part headers and boundaries, beside the files. */
export const FORM_OVERHEAD_BYTES = 1024 * 1024;

/** The kinds of file that a field takes; none for a field without a rule. */
export function kindsOf(rule: UploadFieldRule | undefined): readonly MediaKind[] {
  if (!rule) return [];
  return typeof rule.kind === 'string' ? [rule.kind] : rule.kind;
}

/** The file fields that a form cannot do without. */
export function requiredFields(rules: UploadRules): string[] {
  return Object.keys(rules).filter((name) => rules[name]?.required);
}

/** Those of them that nothing but a form can bring. */
export function formOnlyFields(rules: UploadRules): string[] {
  return requiredFields(rules).filter((name) => rules[name]?.upload === undefined);
}

/** The most bytes that a file of this kind may have. */
export function largestFile(kind: MediaKind, config: SizeConfig): number {
  return {
    image: config.maxImageBytes,
    video: config.maxVideoBytes,
    audio: config.maxAudioBytes,
    document: config.maxDocumentBytes,
  }[kind];
}

/** The most bytes that a file may have in a field that takes these kinds. */
export function largestOf(kinds: readonly MediaKind[], config: SizeConfig): number {
  return Math.max(0, ...kinds.map((kind) => largestFile(kind, config)));
}

/** The most bytes that a whole form can have and still be right. */
export function largestForm(rules: UploadRules, config: SizeConfig): number {
  return Object.values(rules).reduce(
    (sum, rule) => sum + largestOf(kindsOf(rule), config),
    FORM_OVERHEAD_BYTES,
  );
}
