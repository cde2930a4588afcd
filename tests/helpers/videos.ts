import { Types } from 'mongoose';
import { Video, type VideoFields } from '../../src/models/video.model';
import { bytesOf } from '../../src/services/uploads/quota.service';
import { moveVideoTotals } from '../../src/services/video-totals.service';

/** Puts a published video and its totals straight into the database, for tests that need many. */
export async function seedVideo(
  owner: string | Types.ObjectId,
  fields: Partial<VideoFields> = {},
): Promise<string> {
  const video = await Video.create({
    owner,
    title: 'A seeded video',
    videoFile: {
      url: '/media/videos/seeded.mp4',
      publicId: 'videos/seeded.mp4',
      resourceType: 'video',
      bytes: 1000,
      format: 'mp4',
      durationSeconds: 100,
    },
    thumbnail: {
      url: '/media/images/seeded.jpg',
      publicId: 'images/seeded.jpg',
      resourceType: 'image',
      bytes: 100,
      format: 'jpg',
    },
    duration: 100,
    ...fields,
  });
  const bytes = bytesOf(video.videoFile, video.thumbnail);
  const published = video.isPublished ? 1 : 0;
  await moveVideoTotals(video.owner, { all: 1, published, bytes }, undefined);
  return video._id.toString();
}

/** An id that nothing has. */
export function absentId(): string {
  return new Types.ObjectId().toString();
}
