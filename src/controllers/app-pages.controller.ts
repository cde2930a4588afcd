import path from 'node:path';
import express, { type Handler, type RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';

// The same depth from src/controllers and from dist/controllers.
const FOLDER = path.resolve(__dirname, '..', '..', 'public', 'app');

/**
 * Every address of the page; public/app/routes.js has a view for each. All of them answer the same
 * document, which shows the view by itself.
 */
export const APP_PATHS = [
  '/',
  '/search',
  '/watch/:videoId',
  '/c/:username',
  '/login',
  '/register',
  '/forgot-password',
  '/upload',
  '/history',
  '/liked',
  '/subscriptions',
  '/watch-later',
  '/playlists',
  '/playlists/:playlistId',
  '/studio',
  '/studio/videos/:videoId',
  '/settings',
] as const;

const KNOWN_PATH = new RegExp(
  `^(${APP_PATHS.map((pattern) => pattern.replaceAll(/:\w+/g, '[^/]+')).join('|')})$`,
);

/** Where imported databases, too, keep their files. */
const CLOUDINARY_ORIGIN = 'https://res.cloudinary.com';

/** The libraries of the page, from their packages on this disk: the only files of them we serve. */
const VENDOR_FILES: ReadonlyMap<string, string> = new Map([
  ['/hls.min.mjs', 'hls.js/dist/hls.min.mjs'],
  ['/tus.min.js', 'tus-js-client/dist/tus.min.js'],
]);

/** Browsers ask each time whether a file is still the same: no file has its version in its name. */
const FILE_OPTIONS = { index: false, redirect: false, cacheControl: false } as const;

/** Handlers of the page for people, and of its files. */
export function createAppPagesController({ publicUrl }: Pick<AppDependencies, 'publicUrl'>) {
  const page: RequestHandler = (request, response, next) => {
    if (!isRead(request.method) || !KNOWN_PATH.test(request.path)) {
      next();
      return;
    }
    response.vary('Accept');
    if (!asksForPage(request.get('accept'))) {
      next();
      return;
    }
    response
      .set('Content-Security-Policy', pagePolicy(publicUrl()))
      .set('Cache-Control', 'no-cache')
      .sendFile('index.html', { root: FOLDER, cacheControl: false, acceptRanges: false });
  };

  const vendor: RequestHandler = (request, response, next) => {
    const file = VENDOR_FILES.get(request.path);
    if (file === undefined || !isRead(request.method)) {
      next('router');
      return;
    }
    response.set('Cache-Control', 'no-cache').sendFile(require.resolve(file), FILE_OPTIONS);
  };

  return { page, vendor, assets: [alwaysAsk, express.static(FOLDER, FILE_OPTIONS)] };
}

const alwaysAsk: Handler = (_request, response, next) => {
  response.set('Cache-Control', 'no-cache');
  next();
};

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Browsers name the type when somebody opens an address; programs that take anything do not. */
function asksForPage(accept = ''): boolean {
  return /(^|[,\s])(text\/html|application\/xhtml\+xml)\b/i.test(accept);
}

/** What the page needs and nothing more: its own files, this API, and media from where they are. */
function pagePolicy(publicUrl: string): string {
  const media = `'self' ${new URL(publicUrl).origin} ${CLOUDINARY_ORIGIN}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // A picture that was chosen and not yet sent is shown from memory.
    `img-src ${media} blob:`,
    // Streams are put together by a script, and so have an address of this kind.
    `media-src ${media} blob:`,
    `connect-src ${media}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
