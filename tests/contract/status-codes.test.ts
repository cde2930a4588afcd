import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { KNOWN_VARIABLES } from '../../src/config/environment.schema';

const ROOT = path.join(__dirname, '..', '..');
const MEMO = readFileSync(path.join(ROOT, 'docs', 'STATUS_CODES.md'), 'utf8');

/** Look like codes of ours and are none: what multer and Node say. */
const FOREIGN = /^(LIMIT_|MISSING_FIELD_NAME|INVALID_FIELD_NAME|ERR_|HPE_)/;

/** Every capitalised word that stands as a text of its own in the sources. */
function wordsInSources(): string[] {
  const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(ROOT, 'src', file), 'utf8'))
    .flatMap((source) => [...source.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)])
    .map(([, word = '']) => word)
    .filter((word) => !FOREIGN.test(word) && !KNOWN_VARIABLES.has(word));
}

describe('docs/STATUS_CODES.md', () => {
  test('the memo, when the sources hold a code, explains it', () => {
    const codes = wordsInSources().filter((word) => word.includes('_'));

    expect(codes).toContain('VALIDATION_FAILED');
    expect(codes.filter((code) => !MEMO.includes(`\`${code}\``))).toEqual([]);
  });

  test('the memo, when it explains a code, explains one that the sources hold', () => {
    const explained = [...MEMO.matchAll(/^\| \d{3} +\| `([A-Z_]+)`/gm)].map(([, code]) => code);
    const words = new Set<string | undefined>(wordsInSources());

    expect(explained).toContain('VALIDATION_FAILED');
    expect(explained.filter((code) => !words.has(code))).toEqual([]);
  });

  test('the memo, when it explains a code, says when it comes and what the client does', () => {
    const rows = MEMO.split('\n').filter((line) => /^\| \d{3} +\| `/.test(line));
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));

    expect(cells.filter(([, , , when, does]) => !when || !does)).toEqual([]);
  });
});
