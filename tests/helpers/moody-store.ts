import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { LocalStore } from '../../src/services/media/local-store';
import type { MediaKind, MediaStore } from '../../src/services/media/media-store';
import { ProviderError } from '../../src/services/media/provider-error';
import { eventually } from './eventually';

/**
 * How the store meets whoever brings a file: it takes it, it is not there, it refuses the file for
 * good, or it does not answer until it is given up.
 */
export type Mood = 'well' | 'away' | 'refusing' | 'silent';

export interface MoodyStore {
  readonly store: MediaStore;
  /** From now on, for every file or for those of one kind. */
  behave(mood: Mood, only?: MediaKind): void;
  /** Names of what it holds, sorted. */
  held(): Promise<string[]>;
  /** Resolves once somebody waits for a silent store. */
  isAskedInVain(): Promise<void>;
  stop(): Promise<void>;
}

/** A store on this machine's disk with the troubles of a provider. */
export async function createMoodyStore(overrides: Partial<MediaStore> = {}): Promise<MoodyStore> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'videotube-moody-'));
  const local = new LocalStore(root);
  let mood: Mood = 'well';
  let moodyAbout: MediaKind | undefined;
  let waiting = 0;

  const untilGivenUp = (signal: AbortSignal | undefined): Promise<never> =>
    new Promise((_resolve, reject) => {
      waiting += 1;
      signal?.addEventListener('abort', () => {
        waiting -= 1;
        reject(new Error('given up'));
      });
    });

  const store: MediaStore = {
    kind: 'cloudinary',
    makesThumbnails: true,
    plan: (file) => local.plan(file),
    store: (file, options) => {
      if (mood === 'well' || (moodyAbout && file.kind !== moodyAbout)) {
        return local.store(file, options);
      }
      if (mood === 'silent') return untilGivenUp(options?.signal);
      const retryable = mood === 'away';
      return Promise.reject(new ProviderError({ cause: new Error(`it is ${mood}`), retryable }));
    },
    remove: (asset) => local.remove(asset),
    check: () => local.check(),
    list: (options) => local.list(options),
    has: (asset) => local.has(asset),
    ...overrides,
  };

  return {
    store,
    behave: (next, only) => {
      mood = next;
      moodyAbout = only;
    },
    held: async () => {
      const names: string[] = [];
      for await (const { publicId } of local.list()) names.push(publicId);
      return names.sort();
    },
    isAskedInVain: () => eventually(() => expect(waiting).toBeGreaterThan(0)),
    stop: () => rm(root, { recursive: true, force: true }),
  };
}
