/** What the worker tells the thread that started it. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly uri: string }
  | { readonly type: 'failed'; readonly message: string; readonly code?: string }
  | { readonly type: 'fault'; readonly message: string; readonly stack?: string }
  | { readonly type: 'stopped'; readonly error?: string };

/** What it can be told. */
export interface WorkerRequest {
  readonly type: 'stop';
}
