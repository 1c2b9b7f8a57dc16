/** Where a bearer and messages may go in the clear: PROTOCOL.md, P2.2. */
import { isLoopback } from '../ports/loopback.ts';
import { invalid } from '../ports/option-errors.ts';

/** @throws TenutoError OPTION_INVALID */
export function checkSecrecy(url: URL, isInsecure: boolean): void {
  if (mayCarryMessages(url, isInsecure)) return;
  throw invalid(
    `ws://${url.host} is on another machine: everybody on the way could read along, and take the bearer.`,
    'Give a wss: address, or insecure: true for a network of your own.',
  );
}

/** PROTOCOL.md, P2.2: in the clear only where nobody else hears it, or where its user says so. */
export function mayCarryMessages({ protocol, hostname }: URL, isInsecure: boolean): boolean {
  return protocol === 'wss:' || isInsecure || isLoopback(hostname);
}
