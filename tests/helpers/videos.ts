import { Types } from 'mongoose';
import { Video, type VideoFields } from '../../src/models/video.model';

/** Puts a published video straight into the database, for tests that need many of them. */
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
  return video._id.toString();
}

/** An id that nothing has. */
export function absentId(): string {
  return new Types.ObjectId().toString();
}
