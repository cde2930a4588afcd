import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createPostmanFiles } from '../docs/describe-api';

/** `npm run postman`: writes the collection and its environment. */
const FOLDER = path.resolve(__dirname, '..', '..', 'postman');

for (const [name, text] of Object.entries(createPostmanFiles())) {
  writeFileSync(path.join(FOLDER, name), text);
  process.stdout.write(`postman/${name}\n`);
}
