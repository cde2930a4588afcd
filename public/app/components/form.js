import { h, uniqueId } from '../ui/dom.js';
import { sentence } from '../ui/format.js';

/**
 * A field with its label, a hint, and room for what the API has against it.
 * @param {{ name: string, label: string, hint?: string, type?: string, options?: [string, string][] } & Record<string, unknown>} description
 *   the rest are attributes of the input
 */
export function field({ name, label, hint, type = 'text', value, options, ...attributes }) {
  const id = uniqueId(name);
  const hintId = hint && `${id}-hint`;
  const faultId = `${id}-fault`;
  const shared = {
    id,
    name,
    'aria-describedby': [hintId, faultId].filter(Boolean).join(' '),
    ...attributes,
  };
  const fault = h('p', { id: faultId, class: 'field-fault', 'data-fault-of': name });
  if (type === 'checkbox') {
    return h(
      'div',
      { class: 'field' },
      h('label', { class: 'choice' }, h('input', { ...shared, type, checked: value }), label),
      hint && h('p', { id: hintId, class: 'field-hint' }, hint),
      fault,
    );
  }
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label, !attributes.required && h('span', {}, ' (optional)')),
    inputOf(type, shared, value, options),
    hint && h('p', { id: hintId, class: 'field-hint' }, hint),
    fault,
  );
}

function inputOf(type, attributes, value, options) {
  if (type === 'textarea') return h('textarea', { rows: 4, ...attributes }, value ?? '');
  if (type === 'select') {
    return h(
      'select',
      attributes,
      options.map(([name, text]) => h('option', { value: name, selected: name === value }, text)),
    );
  }
  return h('input', { ...attributes, type, value });
}

/**
 * A form that sends itself by a script. What the API has against single fields stands beside them,
 * everything else below all of them, and the first field with a fault gets the focus.
 * @param {{ fields: unknown, action: string, send: (data: FormData, form: HTMLFormElement) => Promise<void>, names?: Record<string, string> }} options
 *   `names`: what people call the fields of the API, where its messages name them
 */
export function form({ fields, action, send, names = {}, class: className = '' }) {
  const status = h('p', { class: 'form-status', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'button accent' }, action);
  const element = h('form', { class: `form ${className}` }, fields, status, button);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    clearFaults(element, status);
    try {
      await send(new FormData(element), element);
    } catch (error) {
      showFaults(element, status, error, names);
    } finally {
      button.disabled = false;
    }
  });
  return element;
}

function clearFaults(element, status) {
  status.textContent = '';
  for (const fault of element.querySelectorAll('.field-fault')) fault.textContent = '';
  for (const input of element.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
  }
}

function showFaults(element, status, error, names) {
  if (error.name === 'AbortError') return;
  const shown = (error.errors ?? []).filter((fault) => showFault(element, fault, names));
  if (shown.length > 0) {
    element.querySelector('[aria-invalid=true]')?.focus();
    return;
  }
  status.textContent = sentence(inPlainWords(error.message, names));
  if (error.requestId && error.status >= 500) status.append(` Request ${error.requestId}.`);
}

function showFault(element, { field: name, message }, names) {
  const place = element.querySelector(`[data-fault-of="${CSS.escape(name)}"]`);
  if (!place) return false;
  place.textContent = sentence(inPlainWords(message, names));
  element.elements.namedItem(name)?.setAttribute('aria-invalid', 'true');
  return true;
}

/** The API names its fields; people know them by what stands beside them. */
function inPlainWords(message, names) {
  const [, word, rest] = /^(\w+)\b(.*)$/s.exec(message) ?? [];
  return names[word]
    ? `${names[word]}${rest}`
    : message.replace(/^./, (start) => start.toUpperCase());
}

/** The fields that hold something, as a body of JSON. */
export function filledFields(data) {
  return Object.fromEntries(
    [...data].filter(([, value]) => typeof value === 'string' && value !== ''),
  );
}
