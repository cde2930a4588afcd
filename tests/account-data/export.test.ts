import { Session } from '../../src/models/session.model';
import { TwoFactor } from '../../src/models/two-factor.model';
import { User } from '../../src/models/user.model';
import { bearer, login, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { sha256 } from '../helpers/fixtures';
import { sendVideo } from '../helpers/media-audit';
import { addComment, addReply, addTweet, call } from '../helpers/posts';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { payloadOf } from '../helpers/tokens';
import { appCode, switchOnTwoFactor, wrongCode } from '../helpers/two-factor';
import { sendFile } from '../helpers/user-files';
import { filesOfZip } from '../helpers/zip';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Sends the export; the answer is the caller's to judge. */
function sendExport(account: SignedInAccount, fields: object = {}) {
  return server
    .api()
    .post('/api/v1/users/export')
    .set(bearer(account.accessToken))
    .send({ password: account.password, ...fields });
}

async function exported(account: SignedInAccount, fields?: object) {
  const answer = await sendExport(account, fields).responseType('blob');
  expect(answer.status).toBe(200);
  const files = await filesOfZip(answer.body as Buffer);
  return { answer, files, json: (name: string) => JSON.parse(String(files.get(name))) };
}

/** What an API answer shows of a thing, without what it is to the caller. */
function without(thing: object, ...fields: string[]): object {
  return Object.fromEntries(Object.entries(thing).filter(([name]) => !fields.includes(name)));
}

describe('an account with something of everything', () => {
  let owner: SignedInAccount;
  let other: SignedInAccount;
  let video: { _id: string };
  let hidden: { _id: string };
  let otherVideo: { _id: string };
  let comment: { _id: string };
  let reply: { _id: string };
  let tweet: { _id: string };
  let playlist: { _id: string };
  let file: { _id: string };
  let report: { _id: string };
  let archive: Awaited<ReturnType<typeof exported>>;

  const make = async (path: string, account: SignedInAccount, body: object = {}, status = 200) =>
    dataOf(await call(server, 'post', path, account).send(body), status);

  beforeAll(async () => {
    owner = await registerAndLogin(server);
    other = await registerAndLogin(server, { fullName: 'Charles Babbage' });
    video = dataOf(await sendVideo(server, owner.accessToken), 201);
    hidden = dataOf(
      await sendVideo(server, owner.accessToken, undefined, { title: 'Hid', isPublished: 'false' }),
      201,
    );
    otherVideo = dataOf(
      await sendVideo(server, other.accessToken, undefined, { title: 'A film of somebody else' }),
      201,
    );
    comment = await addComment(server, owner, otherVideo._id, 'Mine, “quoted” and\nbroken');
    await addComment(server, other, video._id, 'Words of somebody else');
    reply = await addReply(server, owner, comment._id, 'A reply of mine');
    tweet = await addTweet(server, owner, 'A tweet of mine');
    await addTweet(server, other, 'A tweet of somebody else');
    playlist = await make('/playlist', owner, { name: 'For later', isPublic: false }, 201);
    await call(server, 'patch', `/playlist/add/${otherVideo._id}/${playlist._id}`, owner);
    file = dataOf(await sendFile(server, owner, 'clip.mp4', 'Holiday.mp4'), 201);
    await sendFile(server, other, 'picture.png', 'File of somebody else.png');
    await make(`/likes/toggle/v/${otherVideo._id}`, owner);
    await make(`/likes/toggle/v/${video._id}`, other);
    await make(`/subscriptions/c/${other.user._id}`, owner);
    await make(`/subscriptions/c/${owner.user._id}`, other);
    await make(`/users/history/${otherVideo._id}`, owner, { progress: 2 });
    const complaint = { targetType: 'video', target: otherVideo._id, reason: 'spam' };
    report = await make('/reports', owner, complaint, 201);
    await make('/reports', other, { ...complaint, target: video._id, details: 'Theirs' }, 201);
    archive = await exported(owner);
  });

  test('is an attachment that no cache keeps', () => {
    const { headers } = archive.answer;
    expect(headers['content-type']).toBe('application/zip');
    expect(headers['content-disposition']).toMatch(
      new RegExp(
        `^attachment; filename=videotube-${owner.user.username}-\\d{4}-\\d\\d-\\d\\d.zip$`,
      ),
    );
    expect(headers['cache-control']).toBe('no-store');
  });

  test('has exactly the files that about.json names', () => {
    const { files, json } = archive;
    const named = Object.keys(json('about.json').files).filter((name) => name !== 'media/');
    const lists = [...files.keys()].filter((name) => !name.startsWith('media/'));
    expect(lists.sort()).toEqual([...named, 'about.json'].sort());
    expect(json('about.json')).toMatchObject({
      account: owner.user._id,
      username: owner.user.username,
    });
  });

  test('profile.json is the account as its owner sees it, and what is counted of it', async () => {
    const account = dataOf(await call(server, 'get', '/users/current-user', owner));
    expect(archive.json('profile.json')).toEqual({
      ...account,
      role: 'user',
      hasTwoFactor: false,
      historyPaused: false,
      subscribersCount: 1,
      subscribedToCount: 1,
      videosCount: 2,
      tweetsCount: 1,
      storedBytes: 322_978,
    });
  });

  test('sessions.json has the device and no hash of its token', () => {
    expect(archive.json('sessions.json')).toEqual([
      {
        _id: payloadOf(owner.accessToken).sid,
        ip: expect.any(String),
        userAgent: '',
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
        expiresAt: expect.any(String),
        endsAt: expect.any(String),
      },
    ]);
  });

  test('videos.json has the published and the hidden one, newest first', async () => {
    const shown = dataOf(await call(server, 'get', '/dashboard/videos', owner)) as object[];
    expect(archive.json('videos.json')).toEqual(shown.map((row) => without(row, 'owner')));
    expect(archive.json('videos.json').map(({ _id }: { _id: string }) => _id)).toEqual([
      hidden._id,
      video._id,
    ]);
  });

  test('comments.json has the comment and the reply', () => {
    const rows = archive.json('comments.json') as { _id: string }[];
    const expected = [
      { ...without(comment, 'owner', 'isLiked'), repliesCount: 1, updatedAt: expect.any(String) },
      without(reply, 'owner', 'isLiked'),
    ];
    expect(rows.sort((a, b) => a._id.localeCompare(b._id))).toEqual(expected);
  });

  test('tweets.json has the tweet', () => {
    expect(archive.json('tweets.json')).toEqual([without(tweet, 'owner', 'isLiked')]);
  });

  test('playlists.json has the private list and the ids of its videos', () => {
    expect(archive.json('playlists.json')).toContainEqual({
      _id: playlist._id,
      kind: 'list',
      name: 'For later',
      description: '',
      isPublic: false,
      videos: [otherVideo._id],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
  });

  test('likes.json has what the owner likes, and not who likes the owner', () => {
    expect(archive.json('likes.json')).toEqual([
      {
        _id: expect.any(String),
        targetType: 'video',
        target: otherVideo._id,
        createdAt: expect.any(String),
      },
    ]);
  });

  test('subscriptions.json and subscribers.json have both ways', () => {
    const row = { _id: expect.any(String), createdAt: expect.any(String) };
    expect(archive.json('subscriptions.json')).toEqual([{ ...row, channel: other.user._id }]);
    expect(archive.json('subscribers.json')).toEqual([{ ...row, subscriber: other.user._id }]);
  });

  test('watch-history.json has what was watched, and how far', () => {
    expect(archive.json('watch-history.json')).toEqual([
      {
        _id: expect.any(String),
        video: otherVideo._id,
        watchedAt: expect.any(String),
        progress: 2,
        completed: false,
      },
    ]);
  });

  test('reports.json has the report that the owner made, and none about the owner', async () => {
    const own = dataOf(await call(server, 'get', '/reports', owner)) as object[];
    expect(archive.json('reports.json')).toEqual(own.map((row) => without(row, 'resolvedAt')));
    expect(archive.json('reports.json')[0]._id).toBe(report._id);
  });

  test('files.json has the file as its owner sees it', () => {
    expect(archive.json('files.json')).toEqual([file]);
  });

  test('media/ has the very bytes that were uploaded', () => {
    const { files } = archive;
    const media = [...files.keys()].filter((name) => name.startsWith('media/')).sort();
    expect(media).toEqual(
      [
        'media/avatar.png',
        `media/videos/${video._id}.mp4`,
        `media/videos/${hidden._id}.mp4`,
        `media/thumbnails/${video._id}.jpg`,
        `media/thumbnails/${hidden._id}.jpg`,
        `media/files/${file._id}.mp4`,
      ].sort(),
    );
    expect(hashOf(files, `media/files/${file._id}.mp4`)).toBe(sha256('clip.mp4'));
    expect(hashOf(files, 'media/avatar.png')).toBe(sha256('picture.png'));
    expect(hashOf(files, `media/videos/${video._id}.mp4`)).toBe(sha256('clip.mp4'));
    expect(hashOf(files, `media/thumbnails/${video._id}.jpg`)).toBe(sha256('picture.jpg'));
  });

  test('says nothing that somebody else has said, and nothing that says who they are', () => {
    const text = textOf(archive.files);
    for (const foreign of [
      'somebody else',
      'Babbage',
      other.user.username,
      other.user.email,
      'Theirs',
    ]) {
      expect(text).not.toContain(foreign);
    }
  });
});

test('export, when the account has two-factor, has no secret in it', async () => {
  const plain = await registerAndLogin(server);
  const second = await login(server, plain);
  const account = await switchOnTwoFactor(server, plain);

  const { files, json } = await exported(account, { code: account.recoveryCodes[0] });

  expect(json('profile.json')).toMatchObject({ hasTwoFactor: true });
  const user = await User.findById(account.user._id).select('+password').lean();
  const factor = await TwoFactor.findOne({ user: account.user._id }).lean();
  const session = await Session.findOne({ user: account.user._id }).lean();
  const text = textOf(files);
  const secrets = [
    account.password,
    account.accessToken,
    account.refreshToken,
    second.refreshToken,
    account.sharedSecret,
    ...account.recoveryCodes,
    user?.password,
    factor?.encryptedSecret,
    ...(factor?.recoveryCodeHashes ?? []),
    session?.refreshTokenHash,
  ];
  expect(secrets.filter((secret) => secret === undefined || secret === '')).toEqual([]);
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/hash|password|secret/i);
});

describe('who may export', () => {
  test('export, when the password is wrong, answers 400 and no archive', async () => {
    const account = await registerAndLogin(server);

    expectFailure(await sendExport(account, { password: 'not it' }), 400, 'WRONG_PASSWORD');
  });

  test('export, when two-factor is on, needs a code', async () => {
    const account = await switchOnTwoFactor(server, await registerAndLogin(server));

    const without = await sendExport(account);
    const wrong = await sendExport(account, { code: wrongCode(account.sharedSecret) });
    const right = await sendExport(account, { code: appCode(account.sharedSecret, 1) });

    expectFailure(without, 400, 'TWO_FACTOR_REQUIRED');
    expectFailure(wrong, 400, 'TWO_FACTOR_INVALID');
    expect(right.status).toBe(200);
  });

  test('export, when nobody is signed in, answers 401', async () => {
    const answer = await server.api().post('/api/v1/users/export').send({ password: 'any' });

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });

  test.each([
    ['password', {}],
    ['password', { password: 12345678 }],
    ['code', { password: 'any', code: 'no code' }],
  ])('export, when %s is not valid, answers 400 naming it', async (field, body) => {
    const { accessToken } = await registerAndLogin(server);

    const answer = await server
      .api()
      .post('/api/v1/users/export')
      .set(bearer(accessToken))
      .send(body);

    expectInvalid(answer, [field]);
  });
});

function hashOf(files: Map<string, Buffer>, name: string): string {
  return sha256(files.get(name) ?? Buffer.alloc(0));
}

/** Everything but the pictures and videos, in one. */
function textOf(files: Map<string, Buffer>): string {
  return [...files]
    .filter(([name]) => name.endsWith('.json'))
    .map(([, content]) => content.toString())
    .join('\n');
}

coversBehaviour('POST /api/v1/users/export');
coversBadInput('POST /api/v1/users/export');
