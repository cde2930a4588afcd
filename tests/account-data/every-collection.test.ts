import { readdirSync } from 'node:fs';
import path from 'node:path';

const MODELS = path.join(__dirname, '..', '..', 'src', 'models');

/** The file of the archive that holds what a collection knows of a person. */
const EXPORTED: Readonly<Record<string, string>> = {
  comment: 'comments.json',
  'day-views': 'channel-views.json',
  like: 'likes.json',
  playlist: 'playlists.json',
  report: 'reports.json',
  session: 'sessions.json',
  subscription: 'subscriptions.json',
  tweet: 'tweets.json',
  user: 'profile.json',
  'user-file': 'files.json',
  video: 'videos.json',
  'view-mark': 'counted-views.json',
  'watch-history': 'watch-history.json',
};

/** What holds nothing of a person that is theirs to take along. */
const KEPT_BACK: Readonly<Record<string, string>> = {
  'account-token': 'hashes of secrets that were mailed; gone within a day',
  'channel-tally': 'sums over videos, each of which is exported with what it counts',
  'export-lease': 'that an export is running',
  'media-job':
    'what is still to be done about files that are accepted; who waits sees it in the video',
  'moderation-log': 'what moderators did; what concerns the person is in profile and videos',
  removal: 'what is still to be deleted of things that are gone',
  'two-factor': 'secrets; that it is on is in the profile',
  upload: 'bytes on their way, of which the person has the original; gone within a day',
  'upload-slot': 'that uploads are coming in',
  'video-tally': 'counts of all people together',
};

test('models, whatever is added, are exported or kept back for a reason', () => {
  const models = readdirSync(MODELS)
    .filter((file) => file.endsWith('.model.ts'))
    .map((file) => file.replace('.model.ts', ''));

  expect([...Object.keys(EXPORTED), ...Object.keys(KEPT_BACK)].sort()).toEqual(models.sort());
});
