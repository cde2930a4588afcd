import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { refuse } from './account';
import {
  Content,
  deliveryAddress,
  describeAsset,
  isAudio,
  isOfType,
  STUB_DURATION_SECONDS,
  type Rendition,
  type StubAsset,
} from './assets';

const FIRST_VERSION = 1700000000;

interface UploadApiOptions {
  assets: StubAsset[];
  minimumChunkBytes: number;
  keepContents: boolean;
}

/** Cloudinary's upload and destroy methods on a list of assets. */
export class UploadApi {
  private readonly partial = new Map<string, Content>();

  constructor(private readonly options: UploadApiOptions) {}

  readonly answer: RequestHandler = (request, response) => {
    if (request.params.action === 'upload') this.upload(request, response);
    else if (request.params.action === 'destroy') this.destroy(request, response);
    else refuse(response, 404, 'unknown action');
  };

  private upload(request: Request, response: Response): void {
    if (!request.file) return refuse(response, 400, 'Missing required parameter - file');
    const range = request.headers['content-range'];
    if (range !== undefined) return this.takeChunk(request, response, range, request.file.buffer);
    const content = new Content(this.options.keepContents);
    content.add(request.file.buffer);
    this.finish(request, response, content);
  }

  private takeChunk(request: Request, response: Response, range: string, chunk: Buffer): void {
    const parts = /^bytes (\d+)-(\d+)\/(-1|\d+)$/.exec(range);
    const uploadId = request.headers['x-unique-upload-id'];
    if (!parts || typeof uploadId !== 'string') return refuse(response, 400, 'Invalid range');
    const [first, last, total] = parts.slice(1).map(Number) as [number, number, number];
    const known = first === 0 ? undefined : this.partial.get(uploadId);
    const content = known ?? new Content(this.options.keepContents);
    if (first !== content.bytes || last - first + 1 !== chunk.length) {
      return refuse(response, 400, `Chunk out of place: ${range} after ${content.bytes} bytes`);
    }
    const isLast = total === last + 1;
    if (!isLast && chunk.length < this.options.minimumChunkBytes) {
      return refuse(response, 400, 'All parts except EOF-chunk must be larger than 5mb');
    }
    content.add(chunk);
    if (isLast) {
      this.partial.delete(uploadId);
      return this.finish(request, response, content);
    }
    this.partial.set(uploadId, content);
    response.json({ done: false, bytes: content.bytes, kind: 'upload' });
  }

  private finish(request: Request, response: Response, content: Content): void {
    const resourceType = String(request.params.resourceType);
    const fields = request.body as Record<string, string>;
    const finished = content.finish();
    if (!isOfType(finished.format, resourceType)) {
      return refuse(response, 400, `Invalid ${resourceType} file`);
    }
    const publicId = fields.public_id ?? randomBytes(10).toString('hex');
    const replaced = this.takeOut(resourceType, publicId);
    const asset: StubAsset = {
      ...finished,
      resourceType,
      publicId,
      version: replaced ? replaced.version + 1 : FIRST_VERSION,
      createdAt: new Date(),
      renditions: [],
      notificationUrl: fields.eager_notification_url,
    };
    asset.renditions = renditionsOf(asset, fields.eager, fields.eager_async === '1');
    this.options.assets.push(asset);
    response.json({
      ...describeAsset(asset),
      ...(resourceType === 'video' && {
        duration: STUB_DURATION_SECONDS,
        is_audio: isAudio(asset.format),
      }),
      ...(asset.renditions.length > 0 && { eager: asset.renditions.map(describePending) }),
    });
  }

  private destroy(request: Request, response: Response): void {
    const { public_id: publicId } = request.body as Record<string, string>;
    if (!publicId) return refuse(response, 400, 'Missing required parameter - public_id');
    const removed = this.takeOut(String(request.params.resourceType), publicId);
    // Also for a wrong resource type this is a success, with HTTP 200.
    response.json({ result: removed ? 'ok' : 'not found' });
  }

  private takeOut(resourceType: string, publicId: string): StubAsset | undefined {
    const { assets } = this.options;
    const index = assets.findIndex(
      (asset) => asset.resourceType === resourceType && asset.publicId === publicId,
    );
    return index < 0 ? undefined : assets.splice(index, 1)[0];
  }
}

/** `eager` of a request: transformations and formats, e.g. `sp_full_hd/m3u8|w_100/jpg`. */
function renditionsOf(
  asset: StubAsset,
  eager: string | undefined,
  isAsynchronous: boolean,
): Rendition[] {
  return (eager ?? '')
    .split('|')
    .filter((text) => text !== '')
    .map((transformation) => {
      const [steps = '', format = ''] = transformation.split('/');
      const url = `https://${deliveryAddress(asset, format, steps)}`;
      return { transformation, format, url, state: isAsynchronous ? 'processing' : 'ready' };
    });
}

function describePending({ transformation, url, state }: Rendition): Record<string, unknown> {
  return {
    ...(state === 'processing' && {
      status: 'processing',
      batch_id: randomBytes(8).toString('hex'),
    }),
    transformation,
    secure_url: url,
  };
}
