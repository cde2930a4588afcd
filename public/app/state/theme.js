const KEY = 'theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** What is shown: the choice of the person, or else of the system. */
export function shownTheme() {
  return document.documentElement.dataset.theme ?? (systemIsDark.matches ? 'dark' : 'light');
}

/** Shows the other theme, and keeps it for the next time. */
export function toggleTheme() {
  const theme = shownTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEY, theme);
}

export function onSystemTheme(listener) {
  systemIsDark.addEventListener('change', listener);
}
