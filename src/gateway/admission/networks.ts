/** Which addresses are one visitor's: whoever has one of IPv6 has 2^64 of them (RFC 4291, section 2.5.4). */

/** An IPv4 address whole, an IPv6 one as its /64. */
export function addressKey(address: string): string {
  const plain = withoutMapping(address);
  return plain.includes(':') ? ipv6Prefix(plain) : plain;
}

/** An IPv4 /24, an IPv6 /64. */
export function networkKey(address: string): string {
  const plain = withoutMapping(address);
  return plain.includes(':') ? ipv6Prefix(plain) : plain.split('.').slice(0, 3).join('.');
}

/** Node tells IPv4 on a socket for both as `::ffff:192.0.2.1` (RFC 4291, section 2.5.5.2). */
function withoutMapping(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}

function ipv6Prefix(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  const groups = [...first, ...zeros, ...last].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
