/** Whether a value has properties to look at; errors of foreign origin are read through this. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
