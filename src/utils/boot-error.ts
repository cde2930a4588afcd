/** A reason not to start, said so that the person who starts the server knows what to change. */
export class BootError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BootError';
  }
}
