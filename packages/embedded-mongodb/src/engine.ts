import { findCandidates } from './plan/candidates';
import type { Engine, EngineOptions } from './storage/engine';
import { StorageEngine } from './storage/storage-engine';

export type * from './storage/engine';

/**
 * Opens the engine over a data directory, which is made when it does not exist.
 * Throws an Error for people when another process has it open, when its files are damaged or of another
 * program, or when their format version is unknown.
 */
export function openEngine(options: EngineOptions): Promise<Engine> {
  return StorageEngine.open(options, findCandidates);
}
