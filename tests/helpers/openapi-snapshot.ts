import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDefaultOpenApi } from '../../src/docs/describe-api';
import type { OpenApiDocument } from '../../src/docs/openapi/types';

/** Set by jest's global setup, and so known in its workers. */
const VARIABLE = 'VIDEOTUBE_OPENAPI_SNAPSHOT';

/** Writes the document down once for the whole run: to build it costs a test file half a second. */
export function writeOpenApiSnapshot(): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'videotube-openapi-'));
  const file = path.join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(createDefaultOpenApi()));
  process.env[VARIABLE] = file;
}

export function deleteOpenApiSnapshot(): void {
  const file = process.env[VARIABLE];
  if (file !== undefined) rmSync(path.dirname(file), { recursive: true, force: true });
}

/** The OpenAPI document of this run. */
export function readOpenApiSnapshot(): OpenApiDocument {
  const file = process.env[VARIABLE];
  if (file === undefined) return createDefaultOpenApi();
  return JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument;
}
