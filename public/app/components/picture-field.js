import { fill, h, uniqueId } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/**
 * Chooses a picture and shows it.
 * @param {{ name: string, label: string, shape: 'round' | 'wide' | 'banner', current?: string, required?: boolean, onPick?: () => void }} options
 */
export function pictureField({ name, label, shape, current, required = false, onPick }) {
  const id = uniqueId(name);
  const preview = h('span', { class: `picture-preview ${shape}` });
  let shown;
  const show = (address) => {
    fill(preview, address ? h('img', { src: address, alt: '' }) : icon('plus'));
  };
  const input = h('input', {
    id,
    name,
    type: 'file',
    accept: 'image/*',
    required,
    class: 'visually-hidden',
    'aria-describedby': `${id}-fault`,
    onchange: () => {
      URL.revokeObjectURL(shown);
      const [file] = input.files;
      shown = file && URL.createObjectURL(file);
      show(shown ?? current);
      if (file) onPick?.();
    },
  });
  show(current);
  return h(
    'div',
    { class: 'field picture-field' },
    input,
    h('label', { for: id }, preview, h('span', { class: 'picture-label' }, label)),
    h('p', { id: `${id}-fault`, class: 'field-fault', 'data-fault-of': name }),
  );
}
