import { BackupError } from './backup-error';

/** One data file of a dump. */
export interface ManifestEntry {
  readonly database: string;
  readonly collection: string;
  readonly documents: number;
  readonly bytes: number;
  readonly sha256: string;
}

const FORMAT = 1;

export function formatManifest(collections: readonly ManifestEntry[]): string {
  return `${JSON.stringify({ format: FORMAT, collections }, undefined, 2)}\n`;
}

/** @throws BackupError for a manifest that is damaged or of a later format. */
export function parseManifest(text: string): ManifestEntry[] {
  let manifest: { format?: unknown; collections?: unknown };
  try {
    manifest = JSON.parse(text) as typeof manifest;
  } catch (error) {
    throw new BackupError('the list of the dump is damaged', { cause: error });
  }
  if (manifest.format !== FORMAT || !Array.isArray(manifest.collections)) {
    throw new BackupError(
      `the list of the dump has format ${String(manifest.format)}, not ${FORMAT}`,
    );
  }
  return manifest.collections as ManifestEntry[];
}
