import { h } from '../ui/dom.js';
import { openDialog } from './dialog.js';

/**
 * Asks before something is done that cannot be undone.
 * @param {{ title: string, text?: string, action: string }} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, action }) {
  return new Promise((resolve) => {
    let answer = false;
    const { close } = openDialog({
      title,
      role: 'alertdialog',
      content: [
        text && h('p', {}, text),
        h(
          'div',
          { class: 'dialog-actions' },
          h('button', { type: 'button', class: 'button', onclick: () => close() }, 'Cancel'),
          h(
            'button',
            {
              type: 'button',
              class: 'button danger',
              onclick: () => {
                answer = true;
                close();
              },
            },
            action,
          ),
        ),
      ],
      onClose: () => resolve(answer),
    });
  });
}
