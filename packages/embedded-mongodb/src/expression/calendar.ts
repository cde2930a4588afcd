const DAY = 86_400_000;

function startOfYear(year: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return date.getTime();
}

/** 1 to 366. */
export function dayOfYear(wall: Date): number {
  return Math.floor((wall.getTime() - startOfYear(wall.getUTCFullYear())) / DAY) + 1;
}

/** ISO 8601 day of the week, Monday 1 to Sunday 7. */
export function isoDayOfWeek(wall: Date): number {
  return ((wall.getUTCDay() + 6) % 7) + 1;
}

/** Week of the year, 0 to 53, weeks beginning on Sunday; days before the first Sunday are week 0. */
export function weekOfYear(wall: Date): number {
  return Math.floor((dayOfYear(wall) + 6 - wall.getUTCDay()) / 7);
}

/** ISO 8601 year and week: the week belongs to the year that holds its Thursday. */
export function isoWeek(wall: Date): { year: number; week: number } {
  const thursday = new Date(wall.getTime() + (4 - isoDayOfWeek(wall)) * DAY);
  return { year: thursday.getUTCFullYear(), week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}

/** Midnight of an ISO week date, as milliseconds of wall-clock time. */
export function fromIsoWeek(year: number, week: number, day: number): number {
  const january4 = startOfYear(year) + 3 * DAY;
  const firstMonday = january4 - (isoDayOfWeek(new Date(january4)) - 1) * DAY;
  return firstMonday + ((week - 1) * 7 + (day - 1)) * DAY;
}

/** Days in a month (1 to 12) of a year. */
export function daysInMonth(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}
