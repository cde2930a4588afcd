import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CloudinaryStub } from '../cloudinary-stub';
import type { HashOf } from './ledger';

/** A store as somebody sees it who looks into it from behind. */
export interface StoreView {
  hashOf: HashOf;
  /** SHA-256 of every file in it. */
  all(): Promise<string[]>;
}

/** The folder of the local store; files are read as clients get them. */
export function localView(root: string): StoreView {
  return {
    async hashOf(address) {
      const response = await fetch(address);
      const content = Buffer.from(await response.arrayBuffer());
      return response.status === 200 ? hash(content) : undefined;
    },
    async all() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return Promise.all(
        files.map(async ({ parentPath, name }) =>
          hash(await readFile(path.join(parentPath, name))),
        ),
      );
    },
  };
}

export function cloudinaryView({ assets }: CloudinaryStub): StoreView {
  return {
    hashOf(address) {
      const name = /videotube\/[0-9a-f-]{36}/.exec(address)?.[0];
      return Promise.resolve(assets.find(({ publicId }) => publicId === name)?.sha256);
    },
    all: () => Promise.resolve(assets.map(({ sha256 }) => sha256)),
  };
}

function hash(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
