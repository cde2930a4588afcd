import { isIPv6 } from 'node:net';

/**
 * Whom a limit per address should count. An IPv4 address is itself, also in its IPv6-mapped form;
 * of an IPv6 address the first 64 bits count, because one customer owns all the rest (RFC 6177) and
 * would otherwise have as many tries as there are addresses.
 * @param address as Express's `request.ip`, which may be missing once the client is gone
 */
export function clientNetwork(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const host = withoutPort(address);
  const mapped = mappedAddress(host);
  if (mapped) return mapped;
  return isIPv6(host) ? `${firstGroups(host).join(':')}::/64` : host;
}

/** Some proxies forward the port too: each connection has another, and would have tries of its own. */
function withoutPort(address: string): string {
  const [, version4, version6] = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/.exec(address) ?? [];
  return version4 ?? version6 ?? address;
}

/** The IPv4 address inside of an IPv6 one (RFC 4291 section 2.5.5.2), in either spelling. */
function mappedAddress(address: string): string | undefined {
  const [, dotted, high, low] =
    /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i.exec(address) ?? [];
  if (dotted !== undefined || high === undefined || low === undefined) return dotted;
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join('.');
}

/** The first four of the eight groups, without leading zeros. */
function firstGroups(address: string): string[] {
  const [head = '', tail = ''] = address.toLowerCase().split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const omitted = address.includes('::') ? 8 - before.length - after.length : 0;
  const groups = [...before, ...Array.from({ length: omitted }, () => '0'), ...after];
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
}
