import type { MatchExpression } from '../../match/compile';
import type { KeyValueReader } from '../../storage/types';
import { decodeDocument } from '../../values/codec';
import { setMetadata } from '../../values/metadata';
import type { BsonDocument } from '../../values/types';
import { selectionOfMatch, type FieldSelection } from '../field-selection';

/** One candidate on its way through the stages. What is not known yet is filled in by later stages. */
export class Row {
  /** Encoded key of the index entry that led here. */
  keyBytes?: Buffer;
  /** Raw BSON of the record. */
  bytes?: Buffer;
  private decoded?: BsonDocument;
  private partly?: { readonly selection: FieldSelection; readonly document: BsonDocument };
  private score?: number;

  constructor(readonly recordId: number) {}

  /** The decoded record, decoded at first use. Only after a stage that fetches. */
  document(): BsonDocument {
    this.decoded ??= this.withScore(decodeDocument(this.requireBytes()));
    return this.decoded;
  }

  /** At least the selected fields of the record; all of it when there is no selection. */
  fields(selection: FieldSelection | undefined): BsonDocument {
    if (selection === undefined || this.decoded !== undefined) return this.document();
    if (this.partly?.selection.covers(selection)) return this.partly.document;
    return this.withScore(selection.decode(this.requireBytes()));
  }

  /** Decodes fields that are looked at several times, to hold them as long as the row. */
  hold(selection: FieldSelection): void {
    this.partly = { selection, document: this.fields(selection) };
  }

  /** What a text search found the record to be worth. */
  get textScore(): number | undefined {
    return this.score;
  }

  set textScore(score: number | undefined) {
    this.score = score;
    if (this.decoded) this.withScore(this.decoded);
    if (this.partly) this.withScore(this.partly.document);
  }

  private withScore(document: BsonDocument): BsonDocument {
    if (this.score !== undefined) setMetadata(document, { textScore: this.score });
    return document;
  }

  requireBytes(): Buffer {
    if (this.bytes === undefined) throw new Error('The record was not fetched');
    return this.bytes;
  }
}

/** A unit of work was done and brought no row: the caller may pause here. */
export const NEED_TIME = Symbol('need time');

/** `undefined` is the end. */
export type WorkResult = Row | typeof NEED_TIME | undefined;

export interface StageStatistics {
  works: number;
  advanced: number;
  needTime: number;
  saveState: number;
  restoreState: number;
  ended: boolean;
  keysExamined: number;
  documentsExamined: number;
}

/**
 * One step of a running plan, pulled one unit of work at a time so that a long scan can pause
 * anywhere. Between `save` and `restore` a stage holds nothing of the reader; `restore` goes on where
 * it was, on the same state or a later one.
 */
export abstract class Stage {
  readonly statistics: StageStatistics = {
    works: 0,
    advanced: 0,
    needTime: 0,
    saveState: 0,
    restoreState: 0,
    ended: false,
    keysExamined: 0,
    documentsExamined: 0,
  };

  constructor(readonly inputs: readonly Stage[]) {}

  work(): WorkResult {
    const { statistics } = this;
    statistics.works++;
    const result = this.advance();
    if (result === NEED_TIME) statistics.needTime++;
    else if (result === undefined) statistics.ended = true;
    else statistics.advanced++;
    return result;
  }

  save(): void {
    this.statistics.saveState++;
    for (const input of this.inputs) input.save();
  }

  restore(reader: KeyValueReader): void {
    this.statistics.restoreState++;
    for (const input of this.inputs) input.restore(reader);
  }

  /** Frees what a stage holds outside of memory; the last call of a run. */
  close(): void {
    for (const input of this.inputs) input.close();
  }

  protected abstract advance(): WorkResult;
}

/** A stage that reads from the store itself. */
export abstract class ReadingStage extends Stage {
  private currentReader?: KeyValueReader;

  override restore(reader: KeyValueReader): void {
    super.restore(reader);
    this.currentReader = reader;
  }

  override save(): void {
    super.save();
    this.currentReader = undefined;
  }

  protected get reader(): KeyValueReader {
    if (this.currentReader === undefined)
      throw new Error('The stage is not positioned on a reader');
    return this.currentReader;
  }
}

/**
 * Tests a row's record, decoding no more of it than the filter looks at. No filter passes all.
 * @param fields what later stages look at of what passes: decoded with it and held
 */
export function createRowTest(
  filter: MatchExpression | undefined,
  fields?: readonly string[],
): (row: Row) => boolean {
  if (filter === undefined) return () => true;
  const selection = selectionOfMatch(filter.root);
  if (selection && fields) {
    const held = selection.with(fields);
    return (row) => {
      row.hold(held);
      return filter.matches(row.fields(selection));
    };
  }
  return (row) => filter.matches(row.fields(selection));
}
