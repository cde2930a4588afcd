import type { Types } from 'mongoose';
import { User } from '../../models/user.model';
import { Video } from '../../models/video.model';
import { idOf, type CourseDocument } from './course-document';
import { LeftOut, type ConvertTools, type Reference } from './import-step';

/** @throws LeftOut for a document whose id is of another type than all our ids */
export function requireId({ _id }: CourseDocument): Types.ObjectId {
  const id = idOf(_id);
  if (!id) throw new LeftOut('its _id is no ObjectId');
  return id;
}

export function person(value: unknown): Reference {
  return { in: User.collection, id: idOf(value) };
}

export function video(value: unknown): Reference {
  return { in: Video.collection, id: idOf(value) };
}

/** The id of something that was taken over before. @throws LeftOut */
export function requireThere(
  reference: Reference,
  what: string,
  tools: ConvertTools,
): Types.ObjectId {
  if (!reference.id || !tools.isThere(reference)) throw new LeftOut(`${what} is not there`);
  return reference.id;
}
