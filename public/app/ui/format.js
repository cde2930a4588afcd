const counts = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const wholeCounts = new Intl.NumberFormat('en');
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const moments = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** 1815 → `1.8K` */
export const shortCount = (count) => counts.format(count);

/** 1815 → `1,815` */
export const fullCount = (count) => wholeCounts.format(count);

/** `1 view`, `1.8K views` */
export function counted(count, singular, plural = `${singular}s`) {
  return `${shortCount(count)} ${count === 1 ? singular : plural}`;
}

/** `3 days ago` */
export function ago(time) {
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  return unit ? relative.format(Math.round(seconds / length), unit) : 'just now';
}

export const dateOf = (time) => days.format(new Date(time));
export const momentOf = (time) => moments.format(new Date(time));

/** Seconds → `4:05`, `1:02:03` */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    String(whole % 60).padStart(2, '0'),
  ];
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Seconds → `4 minutes 5 seconds`, as it is read aloud. */
export function spokenDuration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ];
  const said = parts.filter(([count]) => count > 0);
  if (said.length === 0) return '0 seconds';
  return said.map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ');
}

/** 1536 → `1.5 KB` */
export function bytes(count) {
  const unit = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  const value = count / 1000 ** unit;
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${['B', 'KB', 'MB', 'GB', 'TB'][unit]}`;
}

/** A message of the API as a sentence. */
export function sentence(message) {
  const text = message.trim();
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
