import type { Request } from 'express';
import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { optionalViewerOf } from '../middlewares/authenticate.middleware';
import { isNewView } from '../services/view.service';

/**
 * Counts a view by whoever is calling, once per viewer and window; owners are no audience.
 * @returns whether it counted
 */
export async function countViewOf(
  { config, views }: Pick<AppDependencies, 'config' | 'views'>,
  request: Request,
  { _id, owner }: { _id: Types.ObjectId; owner: Types.ObjectId | undefined },
): Promise<boolean> {
  const userId = optionalViewerOf(request);
  if (!owner || userId?.equals(owner)) return false;
  const guest = { address: request.ip ?? '', userAgent: request.get('user-agent') ?? '' };
  const counted = await isNewView(_id, userId ? { userId } : guest, config);
  if (counted) views.add({ _id, owner });
  return counted;
}
