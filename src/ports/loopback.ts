/**
 * Whether a host is this machine itself, so that what is said to it in the clear is heard by nobody else: 127.0.0.0/8
 * (RFC 6890), ::1 (RFC 4291), and names that resolve to nothing else (RFC 6761, section 6.3).
 *
 * @param host as `URL.hostname` has it, or an address; with or without the brackets of IPv6.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost') || isIpv4(name);
}

function isIpv4(name: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(name.replace(/^::ffff:/, ''));
}
