import { textOf } from './course-document';
import { LeftOut, type ConvertTools } from './import-step';

/** A text no longer than ours may be; what is cut off is noted. Lengths in code points. */
export function bounded(
  value: unknown,
  maxLength: number,
  field: string,
  tools: ConvertTools,
): string {
  const text = textOf(value);
  const characters = [...text];
  if (characters.length <= maxLength) return text;
  tools.changed(`${field} was cut to ${maxLength} characters`);
  return characters.slice(0, maxLength).join('').trim();
}

/** The same of a text that must be there. @throws LeftOut */
export function required(
  value: unknown,
  maxLength: number,
  field: string,
  tools: ConvertTools,
): string {
  const text = bounded(value, maxLength, field, tools);
  if (text === '') throw new LeftOut(`it has no ${field}`);
  return text;
}
