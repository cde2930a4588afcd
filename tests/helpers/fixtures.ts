import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Absolute path of a file in tests/fixtures. */
export function fixture(name: string): string {
  return path.join(__dirname, '..', 'fixtures', name);
}

/** SHA-256 of some bytes, or of a fixture given by name: what "the same file" means in tests. */
export function sha256(content: Buffer | string): string {
  const bytes = typeof content === 'string' ? readFileSync(fixture(content)) : content;
  return createHash('sha256').update(bytes).digest('hex');
}
