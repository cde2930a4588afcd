import { Types } from 'mongoose';

/** A document of a database that is not ours: nothing about its fields is certain. */
export type CourseDocument = Readonly<Record<string, unknown>>;

/** A text without the blanks around it; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** An id as ObjectId, as its 24 digits, or inside a document that was embedded whole. */
export function idOf(value: unknown): Types.ObjectId | undefined {
  if (value instanceof Types.ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-fA-F]{24}$/.test(value)) {
    return new Types.ObjectId(value);
  }
  if (typeof value !== 'object' || value === null || !('_id' in value)) return undefined;
  return idOf(value._id);
}

/** Ids in their order, without what is none. */
export function idsOf(value: unknown): Types.ObjectId[] {
  return Array.isArray(value) ? value.map(idOf).filter((id) => id !== undefined) : [];
}

/** A number of at least 0, also from digits in a text; 0 for anything else. */
export function amountOf(value: unknown): number {
  const amount = typeof value === 'string' ? Number(value) : value;
  return typeof amount === 'number' && Number.isFinite(amount) ? Math.max(0, amount) : 0;
}

/** When a document was made and last changed; its id tells the first where nothing else does. */
export function timesOf(source: CourseDocument): { createdAt: Date; updatedAt: Date } {
  const createdAt = dateOf(source.createdAt) ?? idOf(source._id)?.getTimestamp() ?? new Date();
  return { createdAt, updatedAt: dateOf(source.updatedAt) ?? createdAt };
}

function dateOf(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : value;
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : undefined;
}
