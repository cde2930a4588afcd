import type { Config } from '../../config';
import type { MediaKind } from '../../services/media/media-store';

export interface UploadFieldRule {
  kind: MediaKind;
  required?: boolean;
}

/** The file fields of one route's form; any other file is refused. */
export type UploadRules = Readonly<Record<string, UploadFieldRule>>;

type SizeConfig = Pick<Config, 'maxVideoBytes' | 'maxImageBytes'>;

/** Text fields, part headers and boundaries, beside the files. */
const FORM_OVERHEAD_BYTES = 1024 * 1024;

/** The file fields that a form cannot do without. */
export function requiredFields(rules: UploadRules): string[] {
  return Object.keys(rules).filter((name) => rules[name]?.required);
}

/** The most bytes that a file of this kind may have. */
export function largestFile(kind: MediaKind | undefined, config: SizeConfig): number {
  return kind === 'video' ? config.maxVideoBytes : config.maxImageBytes;
}

/** The most bytes that a whole form can have and still be right. */
export function largestForm(rules: UploadRules, config: SizeConfig): number {
  return Object.values(rules).reduce(
    (sum, { kind }) => sum + largestFile(kind, config),
    FORM_OVERHEAD_BYTES,
  );
}
