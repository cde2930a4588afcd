// Runs before the first paint, so that nobody who chose the dark theme sees a white flash.
(() => {
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // No storage, no choice: the theme of the system holds.
  }
})();
