import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { foreignAsset } from '../media/foreign-asset';
import type { MediaFile, StoredAsset } from '../media/media-store';

// The same depth from src/services/seed and from dist/services/seed.
const FOLDER = path.resolve(__dirname, '..', '..', '..', 'public', 'app', 'samples');
/** Where every server shows them. */
const ADDRESS = '/app/samples';

const factsSchema = z.record(
  z.string(),
  z.object({
    bytes: z.number(),
    width: z.number(),
    height: z.number(),
    durationSeconds: z.number().optional(),
  }),
);

const MIME_TYPES: Readonly<Record<string, string>> = { mp4: 'video/mp4', webp: 'image/webp' };

/** The media that come with the product, by name, and what `seed/make-samples.mjs` knows of each. */
export interface SampleFiles {
  /** As an upload would be: to be put into the store. @throws Error for a name that is none */
  file(name: string): MediaFile;
  /** Where it lies anyway: nobody's, and never removed. @throws Error for a name that is none */
  shared(name: string): StoredAsset;
}

export async function readSampleFiles(): Promise<SampleFiles> {
  const text = await readFile(path.join(FOLDER, 'samples.json'), 'utf8');
  const known = new Map(Object.entries(factsSchema.parse(JSON.parse(text))));

  const file = (name: string): MediaFile => {
    const facts = known.get(name);
    const extension = path.extname(name).slice(1);
    const mimeType = MIME_TYPES[extension];
    if (!facts || !mimeType) throw new Error(`no sample is called ${name}`);
    const kind = extension === 'mp4' ? 'video' : 'image';
    return { path: path.join(FOLDER, name), kind, mimeType, extension, ...facts };
  };
  return {
    file,
    shared: (name) => {
      const { kind, width, height, durationSeconds } = file(name);
      return {
        ...foreignAsset(`${ADDRESS}/${name}`, kind),
        width,
        height,
        ...(durationSeconds !== undefined && { durationSeconds }),
      };
    },
  };
}
