import { createHash, randomBytes, type Hash } from 'node:crypto';
import { ACCOUNT } from './account';

/** Told apart from what our own probe finds in the fixtures. */
export const STUB_DURATION_SECONDS = 5.25;

/** A rendition that was asked for with the upload. */
export interface Rendition {
  /** As in the request, e.g. `sp_full_hd/m3u8`. */
  transformation: string;
  format: string;
  url: string;
  state: 'processing' | 'ready' | 'failed';
}

export interface StubAsset {
  resourceType: string;
  publicId: string;
  /** Empty when the stub keeps no contents. */
  content: Buffer;
  sha256: string;
  bytes: number;
  format: string | undefined;
  version: number;
  createdAt: Date;
  renditions: Rendition[];
  notificationUrl: string | undefined;
}

/** Bytes that come in pieces. */
export class Content {
  bytes = 0;
  private readonly hash: Hash = createHash('sha256');
  private readonly pieces: Buffer[] = [];
  private head = Buffer.alloc(0);

  constructor(private readonly keep: boolean) {}

  add(piece: Buffer): void {
    if (this.bytes === 0) this.head = Buffer.from(piece.subarray(0, 32));
    this.bytes += piece.length;
    this.hash.update(piece);
    if (this.keep) this.pieces.push(piece);
  }

  finish(): Pick<StubAsset, 'content' | 'sha256' | 'bytes' | 'format'> {
    return {
      content: Buffer.concat(this.pieces),
      sha256: this.hash.digest('hex'),
      bytes: this.bytes,
      format: formatOf(this.head),
    };
  }
}

const AUDIO_FORMATS = ['mp3', 'wav', 'ogg', 'flac'];
const VIDEO_FORMATS = ['mp4', 'webm'];

/** Whether Cloudinary would take a file of this format as a resource of this type. */
export function isOfType(format: string | undefined, resourceType: string): boolean {
  if (resourceType === 'raw') return true;
  if (format === undefined) return false;
  const isTimed = [...AUDIO_FORMATS, ...VIDEO_FORMATS].includes(format);
  return isTimed === (resourceType === 'video');
}

export function isAudio(format: string | undefined): boolean {
  return AUDIO_FORMATS.includes(format ?? '');
}

function formatOf(content: Buffer): string | undefined {
  const text = (first: number, last: number) => content.subarray(first, last).toString('latin1');
  if (text(1, 4) === 'PNG') return 'png';
  if (text(0, 2) === '\xff\xd8') return 'jpg';
  if (text(8, 12) === 'WEBP') return 'webp';
  if (text(8, 12) === 'WAVE') return 'wav';
  if (text(4, 8) === 'ftyp') return 'mp4';
  if (text(0, 4) === '\x1a\x45\xdf\xa3') return 'webm';
  if (text(0, 4) === 'OggS') return 'ogg';
  if (text(0, 4) === 'fLaC') return 'flac';
  if (text(0, 3) === 'ID3' || text(0, 2) === '\xff\xfb') return 'mp3';
  return undefined;
}

/** Where an asset, or a rendition of it, is delivered. */
export function deliveryAddress(
  { resourceType, version, publicId }: Pick<StubAsset, 'resourceType' | 'version' | 'publicId'>,
  format: string | undefined,
  transformation?: string,
): string {
  const steps = transformation === undefined ? '' : `${transformation}/`;
  const name = resourceType === 'raw' || format === undefined ? publicId : `${publicId}.${format}`;
  return `res.cloudinary.com/${ACCOUNT.cloudName}/${resourceType}/upload/${steps}v${version}/${name}`;
}

/** What the upload API and the Admin API say of an asset. */
export function describeAsset(asset: StubAsset): Record<string, unknown> {
  const address = deliveryAddress(asset, asset.format);
  const hasPicture = asset.resourceType !== 'raw' && !isAudio(asset.format);
  return {
    asset_id: randomBytes(16).toString('hex'),
    public_id: asset.publicId,
    version: asset.version,
    ...(hasPicture && {
      width: asset.resourceType === 'video' ? 320 : 96,
      height: asset.resourceType === 'video' ? 180 : 64,
    }),
    ...(asset.resourceType !== 'raw' && { format: asset.format }),
    resource_type: asset.resourceType,
    created_at: asset.createdAt.toISOString(),
    bytes: asset.bytes,
    type: 'upload',
    url: `http://${address}`,
    secure_url: `https://${address}`,
  };
}
