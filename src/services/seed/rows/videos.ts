import type { VideoFields } from '../../../models/video.model';
import type { StoredAsset } from '../../media/media-store';
import { DESCRIPTIONS, TITLE_FORMS } from '../content/texts';
import { ownClip, ownStill } from '../own-files';
import { DRAW, WRITTEN_VIDEOS } from '../platform-shape';
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
    owner: idOf(tools, 'person', shape.videoOwners[video] ?? 0),
    ...text,
    videoFile,
    thumbnail: stillAsset(tools, video),
    duration: videoFile.durationSeconds ?? 0,
    isPublished: !shape.isDraft[video],
    status: 'ready',
    views: shape.videoViews[video] ?? 0,
    likesCount: shape.videoLikes.sizeOf(video),
    commentsCount: topComments + (shape.repliesCounts[video] ?? 0),
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
function materialOf({ videoOwners }: RowTools['shape'], video: number): number {
  return WRITTEN_VIDEOS[video]?.channel ?? videoOwners[video] ?? 0;
}

function textOf(
  { shape }: RowTools,
  video: number,
): Pick<VideoFields, 'title' | 'description' | 'tags' | 'category'> {
  const { random } = shape;
  const { category, tags, subjects } = modelChannel(materialOf(shape, video));
  const written = WRITTEN_VIDEOS[video];
  if (written) {
    const { title, description } = written;
    return { title, description, category, tags: [...tags, ...written.tags] };
  }
  const subject = random.pick(subjects, DRAW.text, video);
  const form = random.pick(TITLE_FORMS, DRAW.text, video, 1);
  const sentence = form.replace('{}', subject);
  return {
    title: sentence.charAt(0).toUpperCase() + sentence.slice(1),
    description: random.pick(DESCRIPTIONS, DRAW.text, video, 2),
    category,
    tags: [...tags, subject],
  };
}
