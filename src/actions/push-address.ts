import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** An address that may be pushed to, found once; the connection goes to exactly this one. */
export type Target = Readonly<{ url: URL; address: string; family: 4 | 6 }>;

const closed = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT; holds a cloud's metadata address
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // a cloud's host agent, at a public address
  ['169.254.0.0', 16], // link-local, and most clouds' metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 3], // multicast, reserved, broadcast
] as const)
  closed.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['2001::', 23], // protocol assignments, Teredo among them, which hides an IPv4 address
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which hides an IPv4 address
  ['3fff::', 20], // documentation
] as const)
  closed.addSubnet(net, bits, 'ipv6');
const global6 = new BlockList();
// Everything else is loopback, link-local, unique-local, mapped, translated or multicast.
global6.addSubnet('2000::', 3, 'ipv6');

/** Whether anybody on the internet could reach this IP address: the only kind a webhook may point to. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  return global6.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/** Finds the addresses of a name. */
export type Resolving = (host: string) => Promise<readonly Readonly<{ address: string; family: number }>[]>;
const resolve: Resolving = (host) => lookup(host, { all: true, verbatim: true });

/**
 * Where a webhook's URL leads, or null where it may not: every address of the name must be public, and the scheme https.
 * Addresses on the allow list are the exception to both. Rejects when the name cannot be resolved.
 */
export async function targetOf(
  text: string,
  allow: readonly string[],
  resolving: Resolving = resolve,
): Promise<Target | null> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host);
  const found = literal === 0 ? await resolving(host) : [{ address: host, family: literal }];
  const [first] = found;
  if (first === undefined) return null;
  const isAllowed = found.every(({ address }) => allow.includes(address));
  const isFine =
    url.protocol === 'https:' && found.every(({ address }) => allow.includes(address) || isPublic(address));
  return isAllowed || isFine ? { url, address: first.address, family: first.family === 6 ? 6 : 4 } : null;
}
