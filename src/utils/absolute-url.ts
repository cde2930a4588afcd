/**
 * Turns a stored asset address into one that any client can fetch.
 * Root-relative addresses (our own media store) get `publicUrl` in front; absolute ones stay.
 */
export function absoluteUrl(publicUrl: string, stored: string): string {
  return stored.startsWith('/') ? `${publicUrl}${stored}` : stored;
}
