import { FILE_NAME_MAX_LENGTH } from '../../constants';

/**
 * Control characters, ends of lines, halves of characters, and what turns the direction of writing:
 * with it, a name looks like another (Unicode Technical Report 36, section 2.8).
 */
const NOT_SHOWN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\ufeff]/gu;

/**
 * A client's name for a file as it can be kept and shown: in one Unicode form, without what cannot
 * be seen, and not too long. Never part of a path.
 */
export function displayName(clientName: string): string {
  const shown = clientName.normalize('NFC').replace(NOT_SHOWN, '').trim();
  return [...shown].slice(0, FILE_NAME_MAX_LENGTH).join('');
}
