/**
 * Every address of the page and the view behind it, loaded when it is first shown. The server
 * answers the document at these addresses alone (APP_PATHS).
 * `signedIn`: only for people who are signed in; others are asked to sign in first.
 */
export const ROUTES = [
  { path: '/', load: () => import('./views/home.js') },
  { path: '/search', load: () => import('./views/search.js') },
  { path: '/watch/:videoId', load: () => import('./views/watch.js') },
  { path: '/c/:username', load: () => import('./views/channel.js') },
  { path: '/login', load: () => import('./views/login.js') },
  { path: '/register', load: () => import('./views/register.js') },
  { path: '/forgot-password', load: () => import('./views/forgot-password.js') },
  { path: '/upload', load: () => import('./views/upload.js'), signedIn: true },
  { path: '/history', load: () => import('./views/history.js'), signedIn: true },
  { path: '/liked', load: () => import('./views/liked.js'), signedIn: true },
  { path: '/subscriptions', load: () => import('./views/subscriptions.js'), signedIn: true },
  { path: '/watch-later', load: () => import('./views/watch-later.js'), signedIn: true },
  { path: '/playlists', load: () => import('./views/playlists.js'), signedIn: true },
  { path: '/playlists/:playlistId', load: () => import('./views/playlist.js') },
  { path: '/studio', load: () => import('./views/studio.js'), signedIn: true },
  { path: '/studio/videos/:videoId', load: () => import('./views/edit-video.js'), signedIn: true },
  { path: '/settings', load: () => import('./views/settings.js'), signedIn: true },
];
