import type { BsonDocument } from '../values/types';
import type { DocumentStream, PipelineSource } from './types';

/** The most documents that this module puts into one chunk. */
export const CHUNK_SIZE = 256;

/** An array as a stream. */
export async function* streamOf(documents: readonly BsonDocument[]): DocumentStream {
  for (let start = 0; start < documents.length; start += CHUNK_SIZE) {
    yield documents.slice(start, start + CHUNK_SIZE);
  }
}

/** Everything that a stream gives. */
export async function collect(stream: DocumentStream): Promise<BsonDocument[]> {
  const documents: BsonDocument[] = [];
  for await (const chunk of stream) {
    for (const document of chunk) documents.push(document);
  }
  return documents;
}

/** A stream of what `change` makes of each document, where it makes something, with a yield point after each. */
export async function* mapDocuments(
  input: DocumentStream,
  change: (document: BsonDocument) => BsonDocument | undefined,
  source: Pick<PipelineSource, 'yieldPoint'>,
): DocumentStream {
  for await (const chunk of input) {
    const changed: BsonDocument[] = [];
    for (const document of chunk) {
      const result = change(document);
      if (result) changed.push(result);
      const turn = source.yieldPoint?.();
      if (turn !== undefined) await turn;
    }
    if (changed.length > 0) yield changed;
  }
}

/** A stream of what `change` makes of each chunk; empty chunks are left out. */
export async function* mapChunks(
  input: DocumentStream,
  change: (chunk: BsonDocument[]) => BsonDocument[],
): DocumentStream {
  for await (const chunk of input) {
    const changed = change(chunk);
    if (changed.length > 0) yield changed;
  }
}

/**
 * One stream read by several consumers in step, so that none of them has to be buffered: the next
 * chunk is fetched when every consumer still reading has asked for it. The consumers must run
 * concurrently.
 */
export function tee(input: DocumentStream, count: number): DocumentStream[] {
  let active = count;
  let waiting: (() => void)[] = [];
  let next: Promise<IteratorResult<BsonDocument[], void>> | undefined;

  const advance = (): void => {
    if (waiting.length < active || active === 0) return;
    const ready = waiting;
    waiting = [];
    next = input.next();
    for (const resume of ready) resume();
  };
  const leave = async (): Promise<void> => {
    active -= 1;
    if (active === 0) await input.return();
    else advance();
  };
  async function* branch(): DocumentStream {
    try {
      for (;;) {
        await new Promise<void>((resume) => {
          waiting.push(resume);
          advance();
        });
        const result = await next!;
        if (result.done === true) return;
        yield result.value;
      }
    } finally {
      await leave();
    }
  }
  return Array.from({ length: count }, branch);
}
