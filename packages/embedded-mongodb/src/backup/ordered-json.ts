import { BackupError } from './backup-error';

/** JSON with objects as Maps, because JavaScript objects put fields named by numbers first. */
export type JsonValue =
  null | boolean | number | string | JsonValue[] | ReadonlyMap<string, JsonValue>;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:])/y;
const MAX_DEPTH = 200;

/** @throws BackupError when the text is not one JSON value. */
export function parseJson(text: string): JsonValue {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  private position = 0;

  constructor(private readonly text: string) {}

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw this.malformed();
    const token = this.next();
    if (token === '{') return this.object(depth);
    if (token === '[') return this.array(depth);
    if (/^[\]},:]$/.test(token)) throw this.malformed();
    return this.scalar(token);
  }

  end(): void {
    if (this.text.slice(this.position).trim() !== '') throw this.malformed();
  }

  private object(depth: number): JsonValue {
    const fields = new Map<string, JsonValue>();
    if (this.skip('}')) return fields;
    do {
      const name = this.scalar(this.next());
      if (typeof name !== 'string' || this.next() !== ':') throw this.malformed();
      fields.set(name, this.value(depth + 1));
    } while (this.skip(','));
    if (this.next() !== '}') throw this.malformed();
    return fields;
  }

  private array(depth: number): JsonValue {
    const values: JsonValue[] = [];
    if (this.skip(']')) return values;
    do values.push(this.value(depth + 1));
    while (this.skip(','));
    if (this.next() !== ']') throw this.malformed();
    return values;
  }

  private scalar(token: string): null | boolean | number | string {
    try {
      return JSON.parse(token) as null | boolean | number | string;
    } catch {
      throw this.malformed();
    }
  }

  private skip(expected: string): boolean {
    const before = this.position;
    if (this.next() === expected) return true;
    this.position = before;
    return false;
  }

  private next(): string {
    TOKEN.lastIndex = this.position;
    const token = TOKEN.exec(this.text)?.[1];
    if (token === undefined) throw this.malformed();
    this.position = TOKEN.lastIndex;
    return token;
  }

  private malformed(): BackupError {
    return new BackupError(`malformed JSON near character ${this.position}`);
  }
}
