import { h, uniqueId } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/**
 * A place to choose a file from the disk, or to drop one on.
 * @param {{ label: string, hint: string, accept: string, onFile: (file: File) => void }} options
 */
export function filePicker({ label, hint, accept, onFile }) {
  const id = uniqueId('file');
  const input = h('input', {
    id,
    type: 'file',
    accept,
    class: 'visually-hidden',
    'aria-describedby': `${id}-hint`,
    onchange: () => input.files[0] && onFile(input.files[0]),
  });
  const zone = h(
    'div',
    { class: 'drop-zone' },
    input,
    icon('upload'),
    h('label', { for: id, class: 'button accent' }, label),
    h('p', { id: `${id}-hint`, class: 'fine-print' }, hint),
  );
  const mark = (isOver) => (event) => {
    event.preventDefault();
    zone.classList.toggle('over', isOver);
  };
  zone.addEventListener('dragover', mark(true));
  zone.addEventListener('dragleave', mark(false));
  zone.addEventListener('drop', (event) => {
    mark(false)(event);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  });
  return zone;
}
