import {
  COMMENT_MAX_LENGTH,
  DESCRIPTION_MAX_LENGTH,
  PLAYLIST_DESCRIPTION_MAX_LENGTH,
  PLAYLIST_MAX_VIDEOS,
  PLAYLIST_NAME_MAX_LENGTH,
  TITLE_MAX_LENGTH,
  TWEET_MAX_LENGTH,
} from '../../constants';
import { Comment, type CommentFields } from '../../models/comment.model';
import { Playlist, type PlaylistFields } from '../../models/playlist.model';
import { Tweet, type TweetFields } from '../../models/tweet.model';
import { Video, type VideoFields } from '../../models/video.model';
import { amountOf, idsOf, timesOf } from './course-document';
import { courseAsset, type MediaOptions } from './course-media';
import { person, requireId, requireThere, video } from './course-references';
import { bounded, required } from './course-texts';
import { LeftOut, type ImportStep } from './import-step';

/** `videos`. Likes and comments are counted again at the end; views are what the course counted. */
export function videosStep(media: MediaOptions): ImportStep<VideoFields> {
  return {
    name: 'videos',
    from: 'videos',
    into: Video,
    refersTo: ({ owner }) => [person(owner)],
    convert: (source, tools) => {
      const duration = amountOf(source.duration);
      const file = courseAsset(source.videoFile, 'video', media);
      if (!file) throw new LeftOut('it has no address of a video file');
      return [
        {
          _id: requireId(source),
          owner: requireThere(person(source.owner), 'its owner', tools),
          title: bounded(source.title, TITLE_MAX_LENGTH, 'title', tools) || 'Untitled',
          description: bounded(source.description, DESCRIPTION_MAX_LENGTH, 'description', tools),
          videoFile: { ...file, durationSeconds: duration },
          thumbnail: courseAsset(source.thumbnail, 'image', media),
          duration,
          // Some keep who viewed instead of how often.
          views: Array.isArray(source.views)
            ? source.views.length
            : Math.floor(amountOf(source.views)),
          isPublished: source.isPublished !== false,
          ...timesOf(source),
        },
      ];
    },
  };
}

/** `tweets` */
export const TWEETS_STEP: ImportStep<TweetFields> = {
  name: 'tweets',
  from: 'tweets',
  into: Tweet,
  refersTo: ({ owner }) => [person(owner)],
  convert: (source, tools) => [
    {
      _id: requireId(source),
      owner: requireThere(person(source.owner), 'its owner', tools),
      content: required(source.content, TWEET_MAX_LENGTH, 'content', tools),
      ...timesOf(source),
    },
  ],
};

/** `comments`; the course's stay when their video is deleted, and are left out then. */
export const COMMENTS_STEP: ImportStep<CommentFields> = {
  name: 'comments',
  from: 'comments',
  into: Comment,
  refersTo: (source) => [person(source.owner), video(source.video)],
  convert: (source, tools) => [
    {
      _id: requireId(source),
      owner: requireThere(person(source.owner), 'its owner', tools),
      video: requireThere(video(source.video), 'its video', tools),
      content: required(source.content, COMMENT_MAX_LENGTH, 'content', tools),
      ...timesOf(source),
    },
  ],
};

/** `playlists`, which everybody may see there, and so here. */
export const PLAYLISTS_STEP: ImportStep<PlaylistFields> = {
  name: 'playlists',
  from: 'playlists',
  into: Playlist,
  refersTo: (source) => [person(source.owner), ...idsOf(source.videos).map(video)],
  convert: (source, tools) => {
    const listed = idsOf(source.videos);
    const videos = listed.filter(
      (id, place) =>
        tools.isThere(video(id)) && listed.findIndex((other) => other.equals(id)) === place,
    );
    if (videos.length < listed.length) {
      tools.changed('videos that are twice in it, or not there, were taken out');
    }
    if (videos.length > PLAYLIST_MAX_VIDEOS) {
      tools.changed(`it was cut to ${PLAYLIST_MAX_VIDEOS} videos`);
    }
    return [
      {
        _id: requireId(source),
        owner: requireThere(person(source.owner), 'its owner', tools),
        name: bounded(source.name, PLAYLIST_NAME_MAX_LENGTH, 'name', tools) || 'Untitled',
        description: bounded(
          source.description,
          PLAYLIST_DESCRIPTION_MAX_LENGTH,
          'description',
          tools,
        ),
        videos: videos.slice(0, PLAYLIST_MAX_VIDEOS),
        ...timesOf(source),
      },
    ];
  },
};
