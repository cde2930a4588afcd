import { call } from '../api/client.js';
import { navigate, onRoute } from '../router.js';
import { fill, h } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/** Between the last key and the question. */
const PAUSE_MILLISECONDS = 180;

/**
 * The search field with suggestions, after the combobox pattern of the ARIA Authoring Practices:
 * arrows choose, Enter searches, Escape closes.
 */
export function searchBox() {
  const input = h('input', {
    type: 'search',
    name: 'query',
    placeholder: 'Search',
    maxlength: 200,
    autocomplete: 'off',
    role: 'combobox',
    'aria-label': 'Search videos',
    'aria-expanded': 'false',
    'aria-controls': 'suggestions',
    'aria-autocomplete': 'list',
  });
  const list = h('ul', {
    id: 'suggestions',
    class: 'suggestions',
    role: 'listbox',
    'aria-label': 'Suggestions',
    hidden: true,
  });
  const form = h(
    'form',
    { class: 'search', role: 'search' },
    input,
    h('button', { type: 'submit', class: 'icon-button', 'aria-label': 'Search' }, icon('search')),
    list,
  );
  wire(form, input, list);
  // The field says what is shown: also after going back, and nothing elsewhere.
  onRoute((path) => {
    const query = new URLSearchParams(location.search).get('query') ?? '';
    input.value = path === '/search' ? query : '';
  });
  return form;
}

function wire(form, input, list) {
  let timer;
  let asking;
  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const search = (query) => {
    close();
    if (query.trim() === '') return;
    input.value = query;
    void navigate(`/search?query=${encodeURIComponent(query.trim())}`);
  };
  const suggest = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const query = input.value;
      const { signal } = asking;
      const { data } = await call('GET', '/search/suggestions', { query: { query }, signal });
      if (document.activeElement !== input || data.length === 0) return close();
      fill(
        list,
        data.map((text, index) => suggestion(text, index, () => search(text))),
      );
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      input.removeAttribute('aria-activedescendant');
    } catch {
      // Suggestions are a help: without them one types on.
      close();
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    if (input.value.trim() === '') close();
    else timer = setTimeout(suggest, PAUSE_MILLISECONDS);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    else if (!list.hidden) choose(event, input, list);
  });
  input.addEventListener('blur', close);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = list.hidden ? null : list.querySelector('[aria-selected=true]');
    search(chosen?.textContent ?? input.value);
  });
}

function suggestion(text, index, onSelect) {
  return h(
    'li',
    {
      id: `suggestion-${index}`,
      role: 'option',
      'aria-selected': 'false',
      // Before the field loses the focus, which closes the list.
      onpointerdown: (event) => {
        event.preventDefault();
        onSelect();
      },
    },
    text,
  );
}

function choose(event, input, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const options = [...list.children];
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  const next =
    at === -1 && step === -1 ? options.length - 1 : (at + step + options.length) % options.length;
  options.forEach((option, index) => option.setAttribute('aria-selected', String(index === next)));
  input.setAttribute('aria-activedescendant', options[next].id);
  options[next].scrollIntoView({ block: 'nearest' });
}
