import { h, uniqueId } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/**
 * Opens a modal dialog; the browser keeps the focus in it and gives it back.
 * @param {{ title: string, content: unknown, role?: string, onClose?: () => void }} options
 * @returns {{ close: () => void, element: HTMLDialogElement }}
 */
export function openDialog({ title, content, role, onClose }) {
  const id = uniqueId('dialog');
  const element = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': id, role },
    h(
      'div',
      { class: 'dialog-head' },
      h('h2', { id }, title),
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': 'Close',
          onclick: () => element.close(),
        },
        icon('close'),
      ),
    ),
    content,
  );
  element.addEventListener('close', () => {
    element.remove();
    onClose?.();
  });
  element.addEventListener('click', (event) => {
    // Beside the dialog is its backdrop, which belongs to it.
    if (event.target === element && !within(event, element)) element.close();
  });
  window.addEventListener('popstate', () => element.close(), { once: true });
  document.body.append(element);
  element.showModal();
  return { element, close: () => element.close() };
}

function within({ clientX, clientY }, element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
