const SVG = 'http://www.w3.org/2000/svg';

/**
 * Builds an element. Texts become text nodes, so nothing that people wrote can become markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] `on…` are listeners, `class` and `data-…`, `aria-…`
 *   attributes, `true` an attribute without a value; null, undefined and false are left out
 * @param {...unknown} children nodes, texts, lists of both; null, undefined and false are left out
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  return furnish(document.createElement(tag), properties, children);
}

/** The same for the elements of drawings. */
export function svg(tag, properties = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), properties, children);
}

function furnish(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else element.setAttribute(name, String(value));
  }
  element.append(...nodesOf(children));
  return element;
}

function nodesOf(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/** Puts these in the place of everything that is in the element. */
export function fill(element, ...children) {
  element.replaceChildren(...nodesOf(children));
  return element;
}

/** Tells assistive technology something that is to be seen elsewhere on the page. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}

let ids = 0;

/** An id that no other element has. */
export function uniqueId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}
