const REPORT_INTERVAL_MS = 2_000;

/** Where progress goes: one call, one line. */
export type Report = (line: string) => void;

/** Tells from time to time how far one collection is. */
export class Progress {
  private reportedAt = performance.now();
  private documents = 0;
  private bytes = 0;

  constructor(
    private readonly report: Report,
    private readonly namespace: string,
    /** About how many documents there are; undefined when nobody knows. */
    private readonly expected?: number,
  ) {}

  add(documents: number, bytes: number): void {
    this.documents += documents;
    this.bytes += bytes;
    if (performance.now() < this.reportedAt + REPORT_INTERVAL_MS) return;
    this.reportedAt = performance.now();
    const percent = this.expected ? Math.floor((100 * this.documents) / this.expected) : undefined;
    const share = percent === undefined ? '' : ` (${Math.min(percent, 99)} %)`;
    this.report(`${this.namespace}: ${formatAmount(this.documents, this.bytes)}${share}`);
  }
}

/** `3 documents, 1.2 MB`. */
export function formatAmount(documents: number, bytes: number): string {
  return `${documents} ${documents === 1 ? 'document' : 'documents'}, ${formatBytes(bytes)}`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}
