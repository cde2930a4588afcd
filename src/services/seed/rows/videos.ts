import type { VideoFields } from '../../../models/video.model';
import type { StoredAsset } from '../../media/media-store';
import { DESCRIPTIONS, TITLE_FORMS } from '../content/texts';
import { ownClip, ownStill } from '../own-files';
import { DRAW } from '../draws';
import { WRITTEN_VIDEOS } from '../written-videos';
import { clipOf, modelChannel, stillOf } from '../sample-names';
import { idOf, publishedAt, VERSION, type RowTools } from './row-tools';

export function videoRow(tools: RowTools, video: number): VideoFields {
  const { shape } = tools;
  const text = textOf(tools, video);
  const videoFile = clipAsset(tools, video);
  const createdAt = publishedAt(tools, video);
  const topComments = shape.comments.sizeOf(video);
  return {
    _id: idOf(tools, 'video', video),
    owner: idOf(tools, 'person', shape.videos.owners[video] ?? 0),
    ...text,
    videoFile,
    thumbnail: stillAsset(tools, video),
    duration: videoFile.durationSeconds ?? 0,
    isPublished: !shape.videos.isDraft[video],
    status: 'ready',
    views: shape.videos.views[video] ?? 0,
    likesCount: shape.videoLikes.sizeOf(video),
    commentsCount: topComments + (shape.counts.replies[video] ?? 0),
    topCommentsCount: topComments,
    keys: {
      title: text.title.toLowerCase(),
      category: text.category.toLowerCase(),
      tags: text.tags.map((tag) => tag.toLowerCase()),
    },
    createdAt,
    updatedAt: createdAt,
    ...VERSION,
  };
}

export function clipAsset({ shape, files }: RowTools, video: number): StoredAsset {
  return files.assetOf(ownClip(video), clipOf(materialOf(shape, video)));
}

export function stillAsset({ shape, files }: RowTools, video: number): StoredAsset {
  return files.assetOf(ownStill(video), stillOf(materialOf(shape, video), video));
}

/** What is written out keeps its clip where there are fewer channels than written ones. */
function materialOf({ videos }: RowTools['shape'], video: number): number {
  return WRITTEN_VIDEOS[video]?.channel ?? videos.owners[video] ?? 0;
}

export function titleOf(shape: RowTools['shape'], video: number): string {
  const written = WRITTEN_VIDEOS[video];
  if (written) return written.title;
  const { random } = shape;
  const form = random.pick(TITLE_FORMS, DRAW.text, video, 1);
  const sentence = form.replace('{}', subjectOf(shape, video));
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function subjectOf(shape: RowTools['shape'], video: number): string {
  return shape.random.pick(modelChannel(materialOf(shape, video)).subjects, DRAW.text, video);
}

function textOf(
  { shape }: RowTools,
  video: number,
): Pick<VideoFields, 'title' | 'description' | 'tags' | 'category'> {
  const { category, tags } = modelChannel(materialOf(shape, video));
  const written = WRITTEN_VIDEOS[video];
  return {
    title: titleOf(shape, video),
    description: written?.description ?? shape.random.pick(DESCRIPTIONS, DRAW.text, video, 2),
    category,
    tags: [...tags, ...(written?.tags ?? [subjectOf(shape, video)])],
  };
}
