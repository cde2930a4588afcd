import { h, uniqueId } from '../ui/dom.js';
import { sentence } from '../ui/format.js';

/**
 * A field for a text, with its button; what the API has against the text stands below it.
 * @param {{ label: string, action: string, maxLength: number, send: (text: string) => Promise<void>, value?: string, onCancel?: () => void }} options
 */
export function textComposer({ label, action, maxLength, send, value = '', onCancel }) {
  const fault = h('p', { id: uniqueId('fault'), class: 'field-fault', role: 'alert' });
  const field = h(
    'textarea',
    { 'aria-label': label, placeholder: label, rows: 2, maxlength: maxLength, required: true },
    value,
  );
  const button = h('button', { type: 'submit', class: 'button accent small' }, action);
  const form = h(
    'form',
    { class: 'composer', novalidate: true },
    field,
    fault,
    h(
      'div',
      { class: 'composer-actions' },
      onCancel &&
        h('button', { type: 'button', class: 'button quiet small', onclick: onCancel }, 'Cancel'),
      button,
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled || field.value.trim() === '') return field.focus();
    button.disabled = true;
    fault.textContent = '';
    field.removeAttribute('aria-describedby');
    try {
      await send(field.value);
      field.value = '';
    } catch (error) {
      fault.textContent = sentence(error.message);
      field.setAttribute('aria-describedby', fault.id);
      field.focus();
    } finally {
      button.disabled = false;
    }
  });
  return form;
}
