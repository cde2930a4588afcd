import type { ScratchFolder } from './scratch-folder';

/** What one stage may hold (the server's internalQueryMaxBlockingSortMemoryUsageBytes and the like). */
export const MEMORY_LIMIT_BYTES = 100 * 1024 * 1024;

/** A stage that holds documents while its cursor waits. */
export interface MemoryHolder {
  readonly memoryBytes: number;
  /** Moves to disk what can be moved; absent where that is not possible. */
  spill?(): Promise<void>;
}

/** What the stages of one operation hold, and where they may put what is too much. */
export class WorkingMemory {
  private readonly holders = new Set<MemoryHolder>();

  /**
   * @param scratch absent when the operation may not use the disk (`allowDiskUse: false`)
   * @param limitBytes what one stage may hold
   */
  constructor(
    readonly scratch?: ScratchFolder,
    readonly limitBytes = MEMORY_LIMIT_BYTES,
  ) {}

  add(holder: MemoryHolder): void {
    this.holders.add(holder);
  }

  delete(holder: MemoryHolder): void {
    this.holders.delete(holder);
  }

  get bytes(): number {
    let bytes = 0;
    for (const holder of this.holders) bytes += holder.memoryBytes;
    return bytes;
  }

  async spill(): Promise<void> {
    for (const holder of this.holders) await holder.spill?.();
  }
}
