import type { KeyValueReader, SessionReference } from './types';

/** One multi-document transaction: a snapshot with its own writes on top. */
export interface Transaction {
  readonly session: SessionReference;
  readonly reader: KeyValueReader;
  readonly state: 'open' | 'committed' | 'aborted';
}
