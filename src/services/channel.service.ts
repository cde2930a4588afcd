import type { Types } from 'mongoose';
import { aggregateRows } from '../db/driver-collection';
import { channelProfilePipeline, type ChannelProfile } from '../models/channel-profile.pipeline';
import { User } from '../models/user.model';
import { ApiError } from '../utils/api-error';

/**
 * The channel page of a user as one viewer sees it.
 * @param username lower-cased
 * @throws ApiError 404 CHANNEL_NOT_FOUND
 */
export async function getChannelProfile(
  username: string,
  viewer: Types.ObjectId | undefined,
): Promise<ChannelProfile> {
  const pipeline = channelProfilePipeline(username, viewer);
  const [channel] = await aggregateRows<ChannelProfile>(User, pipeline);
  if (!channel) throw channelNotFound();
  return channel;
}

/** @throws ApiError 404 CHANNEL_NOT_FOUND when nobody has this id */
export async function requireChannel(channel: Types.ObjectId): Promise<void> {
  if (!(await User.exists({ _id: channel }))) throw channelNotFound();
}

/** 404 for a name or an id that nobody has. */
export function channelNotFound(): ApiError {
  return ApiError.notFound('There is no such channel', { code: 'CHANNEL_NOT_FOUND' });
}
