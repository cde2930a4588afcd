import { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';

/** A logger that keeps its lines, for tests of what is logged and what never must be. */
export function recordingLogger(level = 'debug'): {
  logger: Logger;
  lines: () => Record<string, unknown>[];
} {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  return {
    logger: pino({ level }, stream),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
