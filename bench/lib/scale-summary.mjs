import { medianRatio } from './load.mjs';
import { percentile } from './steady-load.mjs';

/** Windows of the latencies over time. */
const WINDOW_SHARE = 1 / 36;

export function summariseRoutes({ sizes, cases }) {
  const rows = cases.map(({ name, grows, rates }) => {
    const measured = sizes.map((size) => {
      const [floor, product] = [rates[`${size} floor`], rates[`${size} product`]];
      return { floor, product, share: medianRatio(product, floor, 'perSecond') };
    });
    const [first, last] = [measured[0], measured.at(-1)];
    return {
      name,
      grows,
      measured,
      lowest: Math.min(...measured.map(({ share }) => share)),
      growth: medianRatio(last.product, first.product, 'median'),
      floorGrowth: medianRatio(last.floor, first.floor, 'median'),
    };
  });
  return { sizes, rows };
}

export function summariseStorm({ before, during, logins }) {
  const names = [...new Set(before.map(({ name }) => name))];
  const of = (answers, wanted) =>
    answers
      .filter(({ name }) => wanted === undefined || name === wanted)
      .map(({ milliseconds }) => milliseconds);
  const compare = (name) => {
    const [calm, stormy] = [of(before, name), of(during, name)];
    return {
      name: name ?? 'all of them',
      calm: { median: percentile(calm, 0.5), slow: percentile(calm, 0.99) },
      stormy: { median: percentile(stormy, 0.5), slow: percentile(stormy, 0.99) },
      requests: calm.length,
    };
  };
  const all = compare();
  return { rows: [...names.map(compare), all], lift: all.stormy.slow / all.calm.slow, logins };
}

export function summariseMix({ samples, looks, ramp, seconds }) {
  const faults = new Map();
  for (const [, name, , outcome] of samples) {
    if (outcome >= 200 && outcome < 300) continue;
    faults.set(`${name}: ${outcome}`, (faults.get(`${name}: ${outcome}`) ?? 0) + 1);
  }
  const counted = samples.filter(([at]) => at >= ramp);
  const names = [...new Set(counted.map(([, name]) => name))];
  const latencies = (name) =>
    counted.filter((sample) => name === undefined || sample[1] === name).map(([, , ms]) => ms);
  const describe = (name) => {
    const all = latencies(name);
    return {
      name: name ?? 'all of them',
      requests: all.length,
      median: percentile(all, 0.5),
      slow: percentile(all, 0.99),
    };
  };
  const third = (index) =>
    looks.filter((look) => Math.floor(Math.min(2, (3 * look.seconds) / seconds)) === index);
  const mean = (index, field) => {
    const values = third(index).map((look) => look[field]);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const own = looks.at(-1)?.own === undefined ? undefined : [mean(1, 'own'), mean(2, 'own')];
  return {
    total: samples.length,
    faults: [...faults.values()].reduce((sum, count) => sum + count, 0),
    faultLines: [...faults].map(([what, count]) => `- ${what}: ${count} times`),
    perSecond: counted.length / (seconds - ramp),
    rows: [
      ...names.map(describe).toSorted((one, other) => other.requests - one.requests),
      describe(),
    ],
    own,
    growth: own && own[1] / own[0],
    resident: looks.length > 0 && [mean(1, 'resident'), mean(2, 'resident')],
    windows: windowsOf(samples, seconds),
    looks,
  };
}

function windowsOf(samples, seconds) {
  const length = seconds * WINDOW_SHARE;
  const windows = Array.from({ length: Math.ceil(1 / WINDOW_SHARE) }, () => []);
  for (const [at, , milliseconds] of samples) {
    windows[Math.min(windows.length - 1, Math.floor(at / length))].push(milliseconds);
  }
  return windows
    .map((latencies, index) => ({
      minute: ((index + 0.5) * length) / 60,
      median: percentile(latencies, 0.5),
      slow: percentile(latencies, 0.99),
    }))
    .filter(({ median }) => median !== undefined);
}
