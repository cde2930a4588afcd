import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const page = readFileSync(path.join(ROOT, 'docs', 'THREAT_MODEL.md'), 'utf8');

const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| threat') && !line.includes('---'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, threat = '', defence = '', tests = '']) => ({ threat, defence, tests }));

/** The tests that a row names: the file, and a part of the test's name. */
function testsOf({ tests }: { tests: string }): [file: string, name: string][] {
  return tests.split('<br>').map((entry) => {
    const [, file = entry, name = ''] = /^`([^`]+)`: “(.+)”$/.exec(entry) ?? [];
    return [file, name];
  });
}

describe('docs/THREAT_MODEL.md', () => {
  test.each(rows.map((row) => [row.threat, row] as const))(
    '%s, in its row, has a defence and tests that exist',
    (_threat, row) => {
      expect(row.defence).toMatch(/\S/);
      const missing = testsOf(row).filter(([file, name]) => {
        const address = path.join(ROOT, file);
        return name === '' || !existsSync(address) || !readFileSync(address, 'utf8').includes(name);
      });

      expect(missing).toEqual([]);
    },
  );

  test('its rows, when counted, are spread over every part of an account’s safety', () => {
    const parts = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);

    expect(parts).toEqual([
      'What this does not defend',
      'Sessions',
      'Tokens',
      'Cookies and foreign pages',
      'Passwords',
      'Throttles',
      'Recovery',
      'Two-factor',
      'Roles and moderation',
      'Your data',
      'Hardening',
      'Dependencies',
    ]);
    expect(rows.length).toBeGreaterThan(40);
  });
});
