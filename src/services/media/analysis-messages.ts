import type { ProbedKind, ProbeResult } from './media-facts';

/** What the thread is asked to analyze: one file at a time. */
export interface AnalysisRequest {
  /** Of the open file; descriptors belong to the process, not to a thread. */
  readonly descriptor: number;
  /** Bytes. */
  readonly size: number;
  readonly kind: ProbedKind;
}

/** What it says: once that it is ready, then one answer to each request. All else ends the thread. */
export type AnalysisMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'facts'; readonly facts: ProbeResult }
  | { readonly type: 'unreadable'; readonly message: string };
