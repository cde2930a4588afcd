import { isCommonPassword } from '../../src/services/common-passwords';

describe('isCommonPassword', () => {
  test.each([
    'password',
    'PassWord123',
    'qwerty123',
    'iloveyou',
    'letmein1',
    'trustno1',
    'dragonball',
    'liverpool1',
    'VideoTube123',
    '12345678',
    '87654321',
    '1234567890',
    'abcdefgh',
    'qwertyuiop',
    'poiuytrewq',
    'aaaaaaaa',
    'abcabcabc',
    '12121212',
    'testtest',
    '        ',
  ])('isCommonPassword, when it is %j, says yes', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  test.each([
    'analytical engine',
    'correct horse battery staple',
    'Tr0ub4dor&3',
    'Secret123!',
    'StrongPass123!',
    'videotube is my favourite',
    'my password is long',
    'пароль-надёжный',
    '12345678 and more',
  ])('isCommonPassword, when it is %j, says no', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });
});
