import type { MatchNode } from '../match/types';
import { BSON_TYPE } from '../values/bson-types';
import { decodeDocument } from '../values/codec';
import type { BsonDocument } from '../values/types';
import { rootOf } from './index-candidate';
import type { SortPattern } from './query';

/** Bytes of values whose size their type alone tells. */
const FIXED_SIZES = new Map<number, number>([
  [BSON_TYPE.DOUBLE, 8],
  [BSON_TYPE.OBJECT_ID, 12],
  [BSON_TYPE.BOOLEAN, 1],
  [BSON_TYPE.DATE, 8],
  [BSON_TYPE.NULL, 0],
  [BSON_TYPE.INT, 4],
  [BSON_TYPE.TIMESTAMP, 8],
  [BSON_TYPE.LONG, 8],
  [BSON_TYPE.DECIMAL, 16],
  [BSON_TYPE.MAX_KEY, 0],
  [0xff, 0],
]);

// One scratch buffer is enough: decoding copies, and nothing else runs in between.
let scratch = Buffer.alloc(4096);

/**
 * Decodes only some top-level fields of stored documents. A filter or a sort mostly looks at few fields
 * of many documents, and decoding is most of the cost of looking.
 */
export class FieldSelection {
  private readonly names: readonly Buffer[];
  /** By the position of a name, 1 once the document at hand has shown it. */
  private readonly found: Uint8Array;

  private readonly fields: ReadonlySet<string>;
  /** The selection that was last found to be a part of this one: mostly the same is asked for again. */
  private covered?: FieldSelection;

  constructor(names: Iterable<string>) {
    this.fields = new Set(names);
    this.names = [...this.fields].map((name) => Buffer.from(name, 'utf8'));
    this.found = new Uint8Array(this.names.length);
  }

  /** This selection and more fields. */
  with(names: Iterable<string>): FieldSelection {
    return new FieldSelection([...this.fields, ...names]);
  }

  /** Whether what this one decodes has all the fields of the other. */
  covers(other: FieldSelection): boolean {
    if (this.covered === other) return true;
    const covers = [...other.fields].every((name) => this.fields.has(name));
    if (covers) this.covered = other;
    return covers;
  }

  /** The selected fields of a valid BSON document, in its order. */
  decode(bytes: Buffer): BsonDocument {
    if (scratch.length < bytes.length) scratch = Buffer.alloc(bytes.length * 2);
    let length = 4;
    let missing = this.names.length;
    this.found.fill(0);
    for (let start = 4; missing > 0 && bytes[start] !== 0;) {
      let nameEnd = start + 1;
      while (bytes[nameEnd] !== 0) nameEnd++;
      const end = valueEnd(bytes, bytes[start] ?? 0, nameEnd + 1);
      const index = this.indexOf(bytes, start + 1, nameEnd);
      // Of two fields with one name the first counts.
      if (index !== -1 && this.found[index] === 0) {
        this.found[index] = 1;
        copyBytes(bytes, start, end, length);
        length += end - start;
        missing--;
      }
      start = end;
    }
    scratch[length++] = 0;
    scratch.writeInt32LE(length, 0);
    return decodeDocument(scratch.subarray(0, length));
  }

  private indexOf(bytes: Buffer, start: number, end: number): number {
    const { names } = this;
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      if (name?.length === end - start && hasBytes(bytes, start, name)) return index;
    }
    return -1;
  }
}

/** Copies to the scratch buffer. Most fields are small, and a call of `copy` costs more than they do. */
function copyBytes(bytes: Buffer, start: number, end: number, target: number): void {
  if (end - start > 64) {
    bytes.copy(scratch, target, start, end);
    return;
  }
  for (let index = start; index < end; index++) {
    scratch[target + index - start] = bytes[index] ?? 0;
  }
}

function hasBytes(bytes: Buffer, start: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (bytes[start + index] !== wanted[index]) return false;
  }
  return true;
}

function valueEnd(bytes: Buffer, type: number, start: number): number {
  const fixed = FIXED_SIZES.get(type);
  if (fixed !== undefined) return start + fixed;
  switch (type) {
    case BSON_TYPE.STRING:
    case BSON_TYPE.CODE:
    case BSON_TYPE.SYMBOL:
      return start + 4 + bytes.readInt32LE(start);
    case BSON_TYPE.BINARY:
      return start + 5 + bytes.readInt32LE(start);
    case BSON_TYPE.REGEX:
      return bytes.indexOf(0, bytes.indexOf(0, start) + 1) + 1;
    default:
      // Documents, arrays and code with scope count their own length.
      return start + bytes.readInt32LE(start);
  }
}

/** The fields that a filter looks at; undefined when it may look at any. */
export function selectionOfMatch(root: MatchNode): FieldSelection | undefined {
  const names = namesIn(root);
  return names && new FieldSelection(names);
}

function namesIn(node: MatchNode): string[] | undefined {
  switch (node.kind) {
    case 'and':
    case 'or':
    case 'nor': {
      const inner = node.children.map(namesIn).filter((names) => names !== undefined);
      return inner.length === node.children.length ? inner.flat() : undefined;
    }
    case 'path':
      return [rootOf(node.path)];
    case 'expression':
      return undefined;
    default:
      return [];
  }
}

/** The fields that a sort looks at; the score of a text search lies beside them. */
export function selectionOfSort(sort: SortPattern): FieldSelection {
  return new FieldSelection(
    sort.flatMap((field) => (field.kind === 'path' ? [rootOf(field.path)] : [])),
  );
}
