import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { expectFailure, expectInvalid } from '../helpers/answers';
import { describeBadPaging, NO_IDS } from '../helpers/bad-paging';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id);
});
afterAll(() => server.stop());

const get = (address: string) =>
  server.api().get(`/api/v1/subscriptions${address}`).set(bearer(ada.accessToken));

describe.each([
  ['GET /subscriptions/c/:channelId', '/c', 'channelId'],
  ['GET /subscriptions/u/:subscriberId', '/u', 'subscriberId'],
])('%s, the id', (_route, address, field) => {
  test.each(NO_IDS)('when it is %s, answers 400 naming it', async (id) => {
    expectInvalid(await get(`${address}/${id}`), [field]);
  });

  test('when nobody has it, or it is a video’s, answers 404', async () => {
    for (const id of [absentId(), videoId]) {
      expectFailure(await get(`${address}/${id}`), 404, 'CHANNEL_NOT_FOUND');
    }
  });
});

const LISTS: [string, () => string][] = [
  ['GET /subscriptions/c/:channelId', () => `/c/${ada.user._id}`],
  ['GET /subscriptions/u/:subscriberId', () => `/u/${ada.user._id}`],
  ['GET /subscriptions/feed', () => '/feed'],
];

for (const [route, address] of LISTS) {
  describeBadPaging(route, (query) => get(`${address()}?${query}`));
}

describe.each(LISTS)('%s', (_route, address) => {
  test('when a guest asks, answers 401', async () => {
    const answer = await server.api().get(`/api/v1/subscriptions${address()}`);

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });
});

coversBadInput('GET /api/v1/subscriptions/c/:channelId');
coversBadInput('GET /api/v1/subscriptions/u/:subscriberId');
coversBadInput('GET /api/v1/subscriptions/feed');
