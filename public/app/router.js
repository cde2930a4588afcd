import { currentUser } from './state/session.js';
import { announce, fill } from './ui/dom.js';
import { failureNotice } from './components/notices.js';
import { ROUTES } from './routes.js';

const SITE = 'VideoTube';

const TABLE = ROUTES.map((route) => ({
  ...route,
  pattern: new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
}));

const listeners = new Set();
/** Ended when its view leaves, so that nothing it waits for comes too late. */
let shown = new AbortController();
let shownAddress;

/** @param listener called with the path after each change of the view */
export function onRoute(listener) {
  listeners.add(listener);
}

/** Shows another address of the page. @param {{ replace?: boolean }} [options] without going back to this one */
export function navigate(address, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  return show();
}

/** Where to go after signing in: back to what one came from. */
export function afterSignIn() {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  // As browsers read it: `//elsewhere` is another site, and so is `/<tab>/elsewhere`.
  if (!URL.canParse(next, location.origin)) return '/';
  const { origin, pathname, search, hash } = new URL(next, location.origin);
  return origin === location.origin && !pathname.startsWith('//') ? pathname + search + hash : '/';
}

/** The address that asks to sign in and then comes back to this one. */
export function signInAddress() {
  return `/login?next=${encodeURIComponent(addressNow())}`;
}

export function startRouter() {
  history.scrollRestoration = 'auto';
  document.addEventListener('click', followLink);
  window.addEventListener('popstate', () => {
    // The link that skips to the content changes the fragment alone: the view stays.
    if (shownAddress !== addressNow()) void show({ keepScroll: true });
  });
  return show({ keepScroll: true, keepFocus: true });
}

/** Links to our own addresses change the view and not the document. */
function followLink(event) {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.('a[href]');
  if (!link || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || link.hash || !matchOf(link.pathname)) return;
  event.preventDefault();
  void navigate(link.pathname + link.search);
}

const addressNow = () => location.pathname + location.search;

function matchOf(path) {
  for (const route of TABLE) {
    const match = route.pattern.exec(path);
    if (match) return { route, params: decoded(match.groups ?? {}) };
  }
  return undefined;
}

function decoded(groups) {
  return Object.fromEntries(
    Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]),
  );
}

async function show({ keepScroll = false, keepFocus = false } = {}) {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  shownAddress = addressNow();
  const main = document.getElementById('main');
  const { title, content } = await viewAt(location.pathname, signal);
  if (signal.aborted) return;
  // Whoever has to sign in first is elsewhere by now.
  shownAddress = addressNow();
  fill(main, content);
  setTitle(title);
  if (!keepScroll) window.scrollTo(0, 0);
  // The document has not changed for the browser, so we say where one is now.
  if (!keepFocus) {
    announce(title);
    main.focus({ preventScroll: true });
  }
  for (const listener of listeners) listener(location.pathname);
}

/** For views that know their name only later. */
export function setTitle(title) {
  document.title = title ? `${title} · ${SITE}` : SITE;
}

async function viewAt(path, signal) {
  const match = matchOf(path);
  if (!match) {
    const content = failureNotice({ message: 'There is nothing at this address.' });
    return { title: 'Not found', content };
  }
  if (match.route.signedIn && !currentUser()) {
    history.replaceState(null, '', signInAddress());
    return viewAt(location.pathname, signal);
  }
  try {
    const { view } = await match.route.load();
    return await view({
      params: match.params,
      query: new URLSearchParams(location.search),
      signal,
    });
  } catch (error) {
    const retry = () => void navigate(addressNow(), { replace: true });
    return { title: 'Not shown', content: failureNotice(error, retry) };
  }
}
