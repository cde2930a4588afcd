/** A reason not to start, said so that the person who starts the server knows what to change. */
export class BootError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BootError';
  }
}

/** What a system or a library said went wrong, for the end of such a sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
