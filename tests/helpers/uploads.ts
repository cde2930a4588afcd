import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { Types } from 'mongoose';
import type { Response, Test } from 'supertest';
import { Upload } from '../../src/models/upload.model';
import { bearer } from './accounts';
import { eventually } from './eventually';
import type { TestServer } from './server';

export const UPLOADS = '/api/v1/uploads';
export const CHUNK_TYPE = 'application/offset+octet-stream';
export const TUS = { 'Tus-Resumable': '1.0.0' };

/** `Upload-Metadata` of these pairs. */
export function metadata(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

/** Announces a file of so many bytes; the answer is the caller's to judge. */
export function announce(
  server: TestServer,
  accessToken: string,
  bytes: number | string,
  facts: Readonly<Record<string, string>> = { filename: 'clip.mp4', filetype: 'video/mp4' },
): Test {
  return server
    .api()
    .post(UPLOADS)
    .set({ ...TUS, ...bearer(accessToken) })
    .set('Upload-Length', String(bytes))
    .set('Upload-Metadata', metadata(facts));
}

/** Sends bytes of an upload from this offset on. */
export function append(
  server: TestServer,
  accessToken: string,
  uploadId: string,
  offset: number | string,
  content: Buffer,
): Test {
  return server
    .api()
    .patch(`${UPLOADS}/${uploadId}`)
    .set({ ...TUS, ...bearer(accessToken), 'Content-Type': CHUNK_TYPE })
    .set('Upload-Offset', String(offset))
    .send(content);
}

/** The protocol's question for the offset. */
export function askForOffset(server: TestServer, accessToken: string, uploadId: string): Test {
  return server
    .api()
    .head(`${UPLOADS}/${uploadId}`)
    .set({ ...TUS, ...bearer(accessToken) });
}

export function giveUp(server: TestServer, accessToken: string, uploadId: string): Test {
  return server
    .api()
    .delete(`${UPLOADS}/${uploadId}`)
    .set({ ...TUS, ...bearer(accessToken) });
}

/** Brings a whole file to the server. @returns the upload's id. @throws Error when it is refused */
export async function uploadWhole(
  server: TestServer,
  accessToken: string,
  content: Buffer,
  facts?: Readonly<Record<string, string>>,
): Promise<string> {
  const announced = await announce(server, accessToken, content.length, facts);
  const uploadId = idOf(announced);
  const sent = await append(server, accessToken, uploadId, 0, content);
  if (sent.status !== 204) throw new Error(`PATCH answered ${sent.status}: ${sent.text}`);
  return uploadId;
}

/** @throws Error when the announcement was refused */
export function idOf(announced: Response): string {
  if (announced.status !== 201) {
    throw new Error(`POST answered ${announced.status}: ${announced.text}`);
  }
  return announced.body.data._id as string;
}

/** An upload of which nothing has come yet. @returns its id */
export async function seedUpload(
  server: TestServer,
  user: string | Types.ObjectId,
  originalName = 'picture.jpg',
): Promise<string> {
  const { _id } = await Upload.create({
    user,
    bytes: 1537,
    kind: 'image',
    originalName,
    lease: new Types.ObjectId(),
    leasedUntil: new Date(0),
    expiresAt: new Date(Date.now() + 24 * 3600 * 1000),
  });
  await writeFile(path.join(server.config.uploadsDir, _id.toString()), '');
  return _id.toString();
}

/** A PATCH of which the client decides when its bytes come, and whether all of them do. */
export interface OpenPatch {
  write(content: Buffer): void;
  /** Sends the rest and waits for the answer. */
  end(content?: Buffer): Promise<{ status: number; text: string }>;
  /** Breaks the connection. */
  cut(): Promise<void>;
  /** Resolves when the server answers, or hangs up (status 0). */
  readonly answered: Promise<{ status: number; text: string }>;
}

/** Begins a PATCH that announces so many bytes, and sends none yet. */
export function openPatch(
  server: Pick<TestServer, 'url'>,
  accessToken: string,
  uploadId: string,
  { offset = 0, bytes }: { offset?: number; bytes: number },
): OpenPatch {
  const request = http.request(`${server.url}${UPLOADS}/${uploadId}`, {
    method: 'PATCH',
    headers: {
      ...TUS,
      ...bearer(accessToken),
      'Content-Type': CHUNK_TYPE,
      'Content-Length': String(bytes),
      'Upload-Offset': String(offset),
    },
  });
  const closed = new Promise<void>((resolve) => request.once('close', () => resolve()));
  const answered = new Promise<{ status: number; text: string }>((resolve) => {
    request.once('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    // Cutting it is what some tests are about.
    request.on('error', () => resolve({ status: 0, text: '' }));
  });
  request.flushHeaders();
  return {
    write: (content) => void request.write(content),
    end: (content) => {
      request.end(content);
      return answered;
    },
    cut: async () => {
      request.destroy();
      await closed;
    },
    answered,
  };
}

/** Holds once the server has so many bytes of an upload; GET asks without disturbing who writes. */
export function expectOffset(
  server: TestServer,
  accessToken: string,
  uploadId: string,
  offset: number,
): Promise<void> {
  return eventually(async () => {
    const answer = await server.api().get(`${UPLOADS}/${uploadId}`).set(bearer(accessToken));
    expect(answer.body.data).toMatchObject({ offset });
  });
}
