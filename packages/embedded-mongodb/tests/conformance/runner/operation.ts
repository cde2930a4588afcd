import type { Document } from 'mongodb';
import type { OperationDescription } from './schema';

/** Operations by name; each gets the thing it acts on and its arguments as driver options. */
export type OperationTable<Target> = Readonly<
  Record<string, (target: Target, options: Document) => unknown>
>;

/** Runs operations that are nested in another one, as in the callback of `withTransaction`. */
export type RunOperations = (operations: readonly OperationDescription[]) => Promise<void>;
