import { clientNetwork } from '../../src/utils/client-network';

describe('clientNetwork', () => {
  test.each<[string | undefined, string]>([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::5:6', '2001:db8:0:0::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    // Some proxies forward the port too, another one for every connection.
    ['203.0.113.7:50124', '203.0.113.7'],
    ['[2001:db8:1:2::3]:50124', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::3]', '2001:db8:1:2::/64'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    [undefined, 'unknown'],
  ])('clientNetwork, when the address is %s, answers %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });
});
