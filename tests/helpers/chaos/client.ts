import { setTimeout as pause } from 'node:timers/promises';
import { bearer } from '../accounts';
import { CHUNK_TYPE, metadata, TUS, UPLOADS } from '../uploads';
import type { Entry, SeenVideo } from './ledger';
import { madePicture, madeVideo, type MadeFile } from './made-files';
import type { Random } from './random';
import type { ChaosServer } from './world';

const PATIENCE_MILLISECONDS = 8_000;
/** Pieces of one upload, and how often a client goes on with it before it leaves it alone. */
const MOST_PIECES = 4;
const MOST_RESUMPTIONS = 12;

/** An answer; `undefined` where none came, and so anything may have happened. */
type Answer = { status: number; headers: Headers; data: unknown } | undefined;

export interface ChaosClientOptions {
  name: string;
  server: Pick<ChaosServer, 'url' | 'isUp'>;
  accessToken: string;
  random: Random;
  mostBytes: number;
}

/** Publishes, replaces and deletes, one thing after the other, and writes down what it is told. */
export class ChaosClient {
  readonly entries: Entry[] = [];
  /** Answers by status; 0 counts calls without one. */
  readonly statuses = new Map<number, number>();
  /** Calls that got an answer. */
  answered = 0;
  private readonly openUploads = new Set<string>();

  constructor(private readonly options: ChaosClientOptions) {}

  /** Does so many things, or as many as the time allows. */
  async run(actions: number, until: number): Promise<void> {
    const { random } = this.options;
    for (let done = 0; done < actions && Date.now() < until; done += 1) {
      // Nobody clicks while the page says that there is no server; who had clicked is cut off.
      await this.options.server.isUp();
      const living = this.entries.filter(({ id, deletion }) => id && deletion === 'none');
      const chance = random.next();
      if (chance < 0.45 || living.length === 0) await this.publish(false);
      else if (chance < 0.7) await this.publish(true);
      else if (chance < 0.85) await this.replaceThumbnail(random.pick(living));
      else await this.delete(random.pick(living));
    }
  }

  /** Gives up what was never published. */
  async tidy(): Promise<void> {
    for (const id of this.openUploads) {
      await this.call('DELETE', `${UPLOADS}/${id}`, { headers: TUS });
    }
  }

  /** Everything that the account has, hidden videos too. */
  async videos(): Promise<SeenVideo[]> {
    const videos: SeenVideo[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor && `&cursor=${cursor}`;
      const response: Response = await fetch(
        `${this.options.server.url}/api/v1/dashboard/videos?limit=100${query}`,
        { headers: bearer(this.options.accessToken) },
      );
      if (response.status !== 200) throw new Error(`the list answered ${response.status}`);
      const body = (await response.json()) as {
        data: SeenVideo[];
        pagination: { nextCursor: string | null };
      };
      videos.push(...body.data);
      cursor = body.pagination.nextCursor;
    }
    return videos;
  }

  private async publish(inPieces: boolean): Promise<void> {
    const { name, random, mostBytes } = this.options;
    const [video, thumbnail] = [madeVideo(random, mostBytes), madePicture(random)];
    const uploadId = inPieces ? await this.upload(video) : undefined;
    if (inPieces && uploadId === undefined) return;
    const entry: Entry = {
      title: `${name}, number ${this.entries.length + 1}`,
      video: video.sha256,
      thumbnails: new Set([thumbnail.sha256]),
      publishing: 'unknown',
      deletion: 'none',
    };
    this.entries.push(entry);
    const form = new FormData();
    form.set('title', entry.title);
    form.set('thumbnail', fileOf(thumbnail, 'picture.png'));
    if (uploadId === undefined) form.set('videoFile', fileOf(video, 'clip.mp4'));
    else form.set('videoUpload', uploadId);
    const answer = await this.call('POST', '/api/v1/videos', { body: form });
    if (answer?.status === 201 || answer?.status === 202) {
      entry.publishing = 'accepted';
      entry.id = (answer.data as { _id: string })._id;
      if (uploadId !== undefined) this.openUploads.delete(uploadId);
    } else if (answer && answer.status < 500) entry.publishing = 'refused';
  }

  /** Brings a file in pieces, and goes on where it was cut. @returns undefined when it gave up */
  private async upload({ content }: MadeFile): Promise<string | undefined> {
    const { random } = this.options;
    const announced = await this.call('POST', UPLOADS, {
      headers: {
        ...TUS,
        'Upload-Length': String(content.length),
        'Upload-Metadata': metadata({ filename: 'clip.mp4', filetype: 'video/mp4' }),
      },
    });
    if (announced?.status !== 201) return undefined;
    const id = (announced.data as { _id: string })._id;
    this.openUploads.add(id);
    let offset: number | undefined = 0;
    for (let attempt = 0; attempt < MOST_RESUMPTIONS; attempt += 1) {
      offset ??= await this.offsetOf(id);
      if (offset === content.length) return id;
      if (offset === undefined) continue;
      const piece = Math.ceil(content.length / random.between(1, MOST_PIECES));
      const answer: Answer = await this.call('PATCH', `${UPLOADS}/${id}`, {
        headers: { ...TUS, 'Content-Type': CHUNK_TYPE, 'Upload-Offset': String(offset) },
        body: new Uint8Array(content.subarray(offset, offset + piece)),
      });
      offset = answer?.status === 204 ? Number(answer.headers.get('upload-offset')) : undefined;
    }
    return undefined;
  }

  private async offsetOf(id: string): Promise<number | undefined> {
    const answer = await this.call('HEAD', `${UPLOADS}/${id}`, { headers: TUS });
    return answer?.status === 200 ? Number(answer.headers.get('upload-offset')) : undefined;
  }

  private async replaceThumbnail(entry: Entry): Promise<void> {
    const thumbnail = madePicture(this.options.random);
    const form = new FormData();
    form.set('thumbnail', fileOf(thumbnail, 'picture.png'));
    const answer = await this.call('PATCH', `/api/v1/videos/${entry.id}`, { body: form });
    if (answer?.status === 200) entry.thumbnails = new Set([thumbnail.sha256]);
    else if (!answer || answer.status >= 500) entry.thumbnails.add(thumbnail.sha256);
  }

  private async delete(entry: Entry): Promise<void> {
    const answer = await this.call('DELETE', `/api/v1/videos/${entry.id}`, {});
    if (answer?.status === 200) entry.deletion = 'confirmed';
    else if (!answer || answer.status >= 500) entry.deletion = 'unknown';
  }

  private async call(method: string, path: string, init: RequestInit): Promise<Answer> {
    const { server, accessToken } = this.options;
    const headers = { ...bearer(accessToken), ...(init.headers as Record<string, string>) };
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const answer = await fetch(`${server.url}${path}`, { ...init, method, headers, signal })
      .then(async (response) => {
        const text = await response.text();
        const { data } = (text === '' ? {} : JSON.parse(text)) as { data?: unknown };
        return { status: response.status, headers: response.headers, data };
      })
      // The server was shot, or does not answer: that is the point.
      .catch(() => undefined);
    const status = answer?.status ?? 0;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status !== 0) this.answered += 1;
    else await pause(this.options.random.between(50, 250));
    return answer;
  }
}

function fileOf({ content }: MadeFile, name: string): File {
  return new File([new Uint8Array(content)], name);
}
