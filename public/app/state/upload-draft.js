const KEY = 'upload-draft';
const KEPT = ['title', 'description', 'tags', 'category'];

/**
 * Keeps what is written into a form, so that a reload does not lose it, and puts in what was kept.
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} suggestions for fields that are still empty
 * @returns {() => void} forgets it
 */
export function keepDraft(form, suggestions) {
  const draft = { ...suggestions, ...JSON.parse(sessionStorage.getItem(KEY) ?? '{}') };
  for (const name of KEPT) {
    const input = form.elements.namedItem(name);
    if (draft[name]) input.value = draft[name];
  }
  form.addEventListener('input', () => {
    const written = KEPT.map((name) => [name, form.elements.namedItem(name).value]);
    sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(written)));
  });
  return () => sessionStorage.removeItem(KEY);
}
