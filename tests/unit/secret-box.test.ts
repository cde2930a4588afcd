import { createSecretBox } from '../../src/services/two-factor/secret-box';

const OLD = 'the secret of last year, long enough';
const NEW = 'the secret of this year, long enough';

describe('createSecretBox', () => {
  test('a text, when it is sealed and opened by one secret, comes back and is up to date', () => {
    const box = createSecretBox(NEW, []);

    const opened = box.open(box.seal('JBSWY3DPEHPK3PXP', 'ada'), 'ada');

    expect(opened).toEqual({ text: 'JBSWY3DPEHPK3PXP', outdated: false });
  });

  test('a text, when it is sealed twice, looks different each time and tells nothing', () => {
    const box = createSecretBox(NEW, []);
    const [one, other] = [box.seal('JBSWY3DPEHPK3PXP', 'ada'), box.seal('JBSWY3DPEHPK3PXP', 'ada')];

    expect(one).not.toBe(other);
    const bytes = Buffer.from(one?.split('.')[1] ?? '', 'base64url').toString('latin1');
    expect(bytes).not.toContain('JBSWY3DP');
  });

  test('a text, when it was sealed by a secret that is listed as an older one, opens as outdated', () => {
    const sealed = createSecretBox(OLD, []).seal('JBSWY3DPEHPK3PXP', 'ada');

    expect(createSecretBox(NEW, ['another', OLD]).open(sealed, 'ada')).toEqual({
      text: 'JBSWY3DPEHPK3PXP',
      outdated: true,
    });
  });

  test('a text, when it was sealed by a secret that is listed no more, says which variable to mend', () => {
    const sealed = createSecretBox(OLD, []).seal('JBSWY3DPEHPK3PXP', 'ada');

    expect(() => createSecretBox(NEW, []).open(sealed, 'ada')).toThrow(
      /REFRESH_TOKEN_PREVIOUS_SECRETS/,
    );
  });

  test('a text, when it is opened for another owner, does not open', () => {
    const box = createSecretBox(NEW, []);

    expect(() => box.open(box.seal('JBSWY3DPEHPK3PXP', 'ada'), 'eve')).toThrow();
  });

  test('a sealed text, when any byte of it is altered, does not open', () => {
    const box = createSecretBox(NEW, []);
    const sealed = Buffer.from(box.seal('JBSWY3DPEHPK3PXP', 'ada').slice(3), 'base64url');

    for (const index of sealed.keys()) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
      expect(() => box.open(`v1.${altered.toString('base64url')}`, 'ada')).toThrow();
    }
  });

  test.each(['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'JBSWY3DPEHPK3PXP'])(
    'the text %j, when it was never sealed, does not open',
    (text) => {
      expect(() => createSecretBox(NEW, []).open(text, 'ada')).toThrow();
    },
  );
});
