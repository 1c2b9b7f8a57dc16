/** What is spoken over a socket that has opened. */
import { GatewayWire } from './gateway-wire.ts';
import type { LinkOwner } from './link.types.ts';
import { PlainWire } from './plain-wire.ts';
import type { Wire, WireHost } from './wire.ts';

export function wireFor<Link>(
  isGateway: boolean,
  host: WireHost,
  { options, session, kind }: LinkOwner<Link>,
): Wire {
  if (!isGateway) return new PlainWire(host);
  const { app, token, wallClock } = options;
  const isSure = kind === 'gateway';
  const renew =
    typeof token === 'function' ? async (): Promise<string> => token({ reason: 'expiring' }) : null;
  return new GatewayWire(host, session, { app, renew, isSure, wallClock });
}
