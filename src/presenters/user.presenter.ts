import type { Types } from 'mongoose';
import type { ChannelProfile } from '../models/channel-profile.pipeline';
import type { UserFields } from '../models/user.model';
import type { OwnerFields } from '../models/video.pipeline';
import { absoluteUrl } from '../utils/absolute-url';

type AccountFields = Pick<
  UserFields,
  | '_id'
  | 'username'
  | 'email'
  | 'emailVerifiedAt'
  | 'pendingEmail'
  | 'fullName'
  | 'description'
  | 'avatar'
  | 'coverImage'
  | 'role'
  | 'historyPaused'
  | 'createdAt'
  | 'updatedAt'
>;

/**
 * A person's own account. Named field by field, so that a field added to the model stays private
 * until somebody decides otherwise. An absent cover image is an empty string; `pendingEmail` is
 * there while another address waits to be confirmed, `historyPaused` while it is so.
 */
export function presentAccount(user: AccountFields, publicUrl: string) {
  return {
    _id: user._id.toString(),
    username: user.username,
    email: user.email,
    isEmailVerified: user.emailVerifiedAt !== undefined,
    ...(user.pendingEmail !== undefined && { pendingEmail: user.pendingEmail }),
    fullName: user.fullName,
    description: user.description,
    avatar: absoluteUrl(publicUrl, user.avatar.url),
    coverImage: coverImageUrl(user, publicUrl),
    // So that a frontend knows whether to show the moderation queue.
    role: user.role,
    ...(user.historyPaused && { historyPaused: true }),
    createdAt: user.createdAt,
    updatedAt: user.updatedAt,
  };
}

/** The contract's `owner`: how a person appears beside the things that are theirs. */
export function presentOwner(user: OwnerFields, publicUrl: string) {
  return {
    _id: user._id.toString(),
    username: user.username,
    fullName: user.fullName,
    avatar: absoluteUrl(publicUrl, user.avatar.url),
  };
}

/** A channel page; the e-mail address is for its owner's eyes alone. */
export function presentChannel(
  channel: ChannelProfile,
  publicUrl: string,
  viewer: Types.ObjectId | undefined,
) {
  return {
    ...presentOwner(channel, publicUrl),
    coverImage: coverImageUrl(channel, publicUrl),
    description: channel.description,
    subscribersCount: channel.subscribersCount,
    channelsSubscribedToCount: channel.subscribedToCount,
    videosCount: channel.videosCount,
    isSubscribed: channel.isSubscribed,
    createdAt: channel.createdAt,
    ...(viewer?.equals(channel._id) ? { email: channel.email } : {}),
  };
}

function coverImageUrl(user: Pick<UserFields, 'coverImage'>, publicUrl: string): string {
  return user.coverImage ? absoluteUrl(publicUrl, user.coverImage.url) : '';
}
