import type { MediaKind } from './media-store';

/** What a player would find out about a file; nothing is decoded. */
export interface ProbeResult {
  /** Pixels; 0 for sound. */
  width: number;
  height: number;
  /** Seconds; 0 for images. */
  durationSeconds: number;
  /** The container's, picture's or sound's own name for its coding, e.g. `AVC`. */
  codec: string;
  /** Whether a video has sound. */
  hasSound: boolean;
}

/** What has headers to read; a document has none that matter to us. */
export type ProbedKind = Exclude<MediaKind, 'document'>;

/** The file has the right beginning but cannot be shown or played. */
export class UnreadableMediaError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableMediaError';
  }
}
