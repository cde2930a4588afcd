import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { MediaStore } from '../../src/services/media/media-store';

/** A media store that keeps nothing: a test says what matters to it, the rest succeeds. */
export function stubStore(overrides: Partial<MediaStore> = {}): MediaStore {
  return {
    kind: 'local',
    makesThumbnails: false,
    plan: ({ kind, extension }) => ({
      publicId: `${randomUUID()}.${extension}`,
      resourceType: kind,
    }),
    store: () => Promise.reject(new Error('this store takes no files')),
    remove: () => Promise.resolve(),
    check: () => Promise.resolve(),
    list: () => Readable.from([]),
    has: () => Promise.resolve(false),
    ...overrides,
  };
}
