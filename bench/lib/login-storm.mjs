import { accountTokens } from './people.mjs';

/**
 * So many people sign in again and again, each as soon as the last answer has come, with the right
 * password and in turn for all accounts.
 * @returns milliseconds of each sign-in
 */
export async function stormOfLogins({ url, accounts, people, seconds }) {
  const ends = performance.now() + seconds * 1000;
  const latencies = [];
  let next = 0;
  const person = async () => {
    while (performance.now() < ends) {
      const startedAt = performance.now();
      await accountTokens(url, accounts[next++ % accounts.length]);
      latencies.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: people }, person));
  return latencies;
}
