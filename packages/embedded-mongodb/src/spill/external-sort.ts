import { MongoServerError } from '../errors';
import { Merge, type SortedSource } from './merge';
import { RunReader, RunWriter } from './run-file';
import type { ScratchFile } from './scratch-folder';
import { WorkingMemory, type MemoryHolder } from './working-memory';

/** So many entries are sorted in one go; more would keep other commands waiting for too long. */
const SORT_AT_ONCE = 4096;
/** What one unit of work moves to disk. */
const SPILL_STEP_BYTES = 64 * 1024;
/** A merge holds a block, or one record, of each file. */
const FEWEST_FILES = 8;
const MOST_FILES = 64;
const ENTRY_OVERHEAD_BYTES = 200;

/** How items are ordered, measured and written. */
export interface SortRules<Item> {
  readonly keyOf: (item: Item) => Buffer;
  readonly compare: (left: Buffer, right: Buffer) => number;
  /** The keys say nothing once written: they are made anew from the item. */
  readonly hasVolatileKeys?: boolean;
  readonly sizeOf: (item: Item) => number;
  readonly encode: (item: Item) => Uint8Array;
  readonly decode: (bytes: Buffer) => Item;
}

interface Entry<Item> {
  readonly key: Buffer;
  readonly item: Item;
  /** What it takes of the memory; 0 when it comes from a file. */
  readonly size: number;
}

interface Spilling<Item> {
  readonly merged: SortedSource<Entry<Item>>;
  readonly file: ScratchFile;
  readonly writer: RunWriter;
  left: number;
  /** Files whose content goes into the new one. */
  readonly replaces: readonly ScratchFile[];
}

/**
 * A stable sort of any amount: beyond its memory it writes sorted runs to scratch files and merges
 * them. With a limit it keeps no more than twice as many items. All work comes in small units, so
 * that the caller can give way in between: while `isBusy`, call `work` before anything else.
 */
export class ExternalSort<Item> implements MemoryHolder {
  /** In order of arrival. */
  private entries: Entry<Item>[] = [];
  /** Sorted, older ones first. */
  private runs: Entry<Item>[][] = [];
  /** Sorted, older ones first and all older than what is in memory. */
  private files: ScratchFile[] = [];
  private spilling?: Spilling<Item>;
  private output?: SortedSource<Entry<Item>>;
  private remaining: number;
  /** With a limit: the worst entry that is still among the first. */
  private threshold?: Entry<Item>;
  private longestRecord = 0;
  memoryBytes = 0;
  /** Bytes of all items, kept or not. */
  totalBytes = 0;
  /** How often memory was written to a file, and how many bytes. */
  spills = 0;
  spilledBytes = 0;

  /** `limit` 0 means all. */
  constructor(
    private readonly rules: SortRules<Item>,
    private readonly limit: number,
    private readonly memory = new WorkingMemory(),
  ) {
    this.remaining = limit === 0 ? Infinity : limit;
    memory.add(this);
  }

  /** True when `work` is to be called. */
  get isBusy(): boolean {
    return this.spilling !== undefined;
  }

  /** @throws MongoServerError 292 when the memory is used up and the disk may not be used */
  add(item: Item): void {
    const key = this.rules.keyOf(item);
    const size = key.length + this.rules.sizeOf(item) + ENTRY_OVERHEAD_BYTES;
    this.totalBytes += size;
    if (this.threshold && this.rules.compare(key, this.threshold.key) >= 0) return;
    this.entries.push({ key, item, size });
    this.memoryBytes += size;
    if (this.limit > 0) {
      if (this.entries.length >= 2 * this.limit) this.prune();
    } else if (this.entries.length >= SORT_AT_ONCE) {
      this.closeRun();
    }
    if (this.memoryBytes <= this.memory.limitBytes) return;
    if (this.limit > 0) this.prune();
    if (this.memoryBytes > this.memory.limitBytes) this.startSpill();
  }

  /** Does a small part of what is under way. */
  work(): void {
    const { spilling } = this;
    if (!spilling) return;
    for (let bytes = 0; bytes < SPILL_STEP_BYTES;) {
      const entry = spilling.left > 0 ? spilling.merged.next() : undefined;
      if (entry === undefined) {
        this.endSpill(spilling);
        return;
      }
      spilling.left -= 1;
      const size = spilling.writer.write({ key: entry.key, item: this.rules.encode(entry.item) });
      this.longestRecord = Math.max(this.longestRecord, size);
      bytes += size;
    }
  }

  /** To be called when all items are in; then `next` gives them in order. */
  finish(): void {
    this.closeRun();
    this.output = this.merge([...this.fileSources(this.files), ...this.takeRuns()]);
  }

  next(): Item | undefined {
    const entry = this.remaining > 0 ? this.output?.next() : undefined;
    if (entry === undefined) {
      this.close();
      return undefined;
    }
    this.remaining -= 1;
    this.memoryBytes -= entry.size;
    return entry.item;
  }

  /** Moves the items that are still to come to disk; nothing else may be called meanwhile. */
  async spill(): Promise<void> {
    if (!this.memory.scratch || this.memoryBytes === 0 || !this.output) return;
    // The files are half read: their rest goes into the new one as well.
    const previous = this.files;
    this.files = [];
    this.startSpillOf(this.output, previous);
    while (this.isBusy) {
      this.work();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.output = this.merge(this.fileSources(this.files));
  }

  /** Frees memory and files; a second call does nothing. */
  close(): void {
    for (const file of this.files) file.remove();
    this.spilling?.file.remove();
    for (const file of this.spilling?.replaces ?? []) file.remove();
    this.files = [];
    this.spilling = undefined;
    this.entries = [];
    this.runs = [];
    this.output = undefined;
    this.memoryBytes = 0;
    this.memory.delete(this);
  }

  private readonly compareEntries = (left: Entry<Item>, right: Entry<Item>): number =>
    this.rules.compare(left.key, right.key);

  private closeRun(): void {
    if (this.entries.length === 0) return;
    if (this.limit > 0) this.prune();
    else this.entries.sort(this.compareEntries);
    this.runs.push(this.entries);
    this.entries = [];
  }

  private prune(): void {
    this.entries.sort(this.compareEntries);
    if (this.entries.length < this.limit) return;
    for (const { size } of this.entries.splice(this.limit)) this.memoryBytes -= size;
    this.threshold = this.entries.at(-1);
  }

  private startSpill(): void {
    this.closeRun();
    this.startSpillOf(this.merge(this.takeRuns()), []);
  }

  private startSpillOf(merged: SortedSource<Entry<Item>>, replaces: readonly ScratchFile[]): void {
    const { scratch, limitBytes } = this.memory;
    if (!scratch) {
      throw new MongoServerError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Sort exceeded memory limit of ${limitBytes} bytes, but did not opt in to external sorting.`,
      );
    }
    const file = scratch.create();
    this.spilling = {
      merged,
      file,
      writer: new RunWriter(file),
      left: this.remaining,
      replaces,
    };
  }

  private endSpill({ file, writer, replaces }: Spilling<Item>): void {
    writer.flush();
    for (const replaced of replaces) replaced.remove();
    this.spilling = undefined;
    this.spills += 1;
    this.spilledBytes += file.size;
    this.memoryBytes = 0;
    this.files.push(file);
    if (!this.output && this.files.length >= this.mostFiles()) this.mergeFiles();
  }

  /** Puts all files into one. */
  private mergeFiles(): void {
    const { files } = this;
    const merged = this.merge(this.fileSources(files));
    this.files = [];
    this.startSpillOf(merged, files);
  }

  private mostFiles(): number {
    const fitting = Math.floor(
      this.memory.limitBytes / 2 / (this.longestRecord + SPILL_STEP_BYTES),
    );
    return Math.min(Math.max(fitting, FEWEST_FILES), MOST_FILES);
  }

  private merge(sources: readonly SortedSource<Entry<Item>>[]): SortedSource<Entry<Item>> {
    const [only] = sources;
    return sources.length === 1 && only ? only : new Merge(sources, this.compareEntries);
  }

  /** The runs in memory, which let go of what goes out. */
  private takeRuns(): SortedSource<Entry<Item>>[] {
    const { runs } = this;
    this.runs = [];
    return runs.map((run) => {
      const entries: (Entry<Item> | undefined)[] = run;
      let position = 0;
      return {
        next: () => {
          const entry = entries[position];
          if (entry) entries[position] = undefined;
          position += 1;
          return entry;
        },
      };
    });
  }

  private fileSources(files: readonly ScratchFile[]): SortedSource<Entry<Item>>[] {
    const { decode, keyOf, hasVolatileKeys } = this.rules;
    return files.map((file) => {
      const reader = new RunReader(file);
      return {
        next: () => {
          const record = reader.next();
          if (!record) return undefined;
          const item = decode(record.item);
          return { key: hasVolatileKeys ? keyOf(item) : record.key, item, size: 0 };
        },
      };
    });
  }
}
