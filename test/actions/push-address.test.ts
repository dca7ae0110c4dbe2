import { describe, expect, test } from 'vitest';
import { isPublic, targetOf } from '../../src/actions/push-address.ts';

const at =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('an address only some machines can reach is never pushed to', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback', '::1'],
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['carrier-grade NAT', '100.100.100.200'],
    ['link-local', '169.254.1.1'],
    ['link-local', 'fe80::1'],
    ['link-local with zone', 'fe80::1%eth0'],
    ['metadata', '169.254.169.254'],
    ['metadata', 'fd00:ec2::254'],
    ['host agent', '168.63.129.16'],
    ['unique local', 'fc00::1'],
    ['v4-mapped', '::ffff:127.0.0.1'],
    ['v4-mapped', '::ffff:8.8.8.8'],
    ['translated', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:1::1'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['documentation', '203.0.113.7'],
    ['documentation', '2001:db8::1'],
    ['no address', 'unit.example'],
  ])('%s: %s', (_kind, address) => expect(isPublic(address)).toBe(false));

  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2400:3200::1'])('but %s is public', (address) =>
    expect(isPublic(address)).toBe(true),
  );
});

test('a name leads to the address it was found at, over https', async () => {
  const target = await targetOf('https://unit.example:8443/hook', [], at('8.8.8.8'));
  expect(target).toMatchObject({ address: '8.8.8.8', family: 4 });
  expect(target?.url.href).toBe('https://unit.example:8443/hook');
});

test('one closed address among those of a name closes the name', async () => {
  expect(await targetOf('https://unit.example/', [], at('8.8.8.8', '127.0.0.1'))).toBeNull();
  expect(await targetOf('https://unit.example/', [], at('8.8.8.8', '::ffff:10.0.0.1'))).toBeNull();
  expect(await targetOf('https://unit.example/', [], at())).toBeNull();
});

test.each([
  'http://unit.example/',
  'ftp://unit.example/',
  'https://a:b@unit.example/',
  'file:///etc/passwd',
  'https://',
  'nonsense',
])('%s is refused for its form', async (url) => expect(await targetOf(url, [], at('8.8.8.8'))).toBeNull());

test.each([
  'https://127.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://[::ffff:7f00:1]/',
  'https://[::1]/',
])('%s is loopback however it is written', async (url) => expect(await targetOf(url, [])).toBeNull());

test('an address on the allow list is reached, also without https; its neighbours are not', async () => {
  expect(await targetOf('http://127.0.0.1:9000/sink', ['127.0.0.1'])).toMatchObject({ address: '127.0.0.1' });
  expect(await targetOf('http://sink.example/', ['127.0.0.1'], at('127.0.0.1'))).not.toBeNull();
  expect(await targetOf('http://127.0.0.2/', ['127.0.0.1'])).toBeNull();
  expect(await targetOf('http://sink.example/', ['127.0.0.1'], at('127.0.0.1', '8.8.8.8'))).toBeNull();
});
