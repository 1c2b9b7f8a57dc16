/** What is dialled: asked for before each dial, since addresses, subprotocols and bearers may come from functions. */
import type { LinkOwner } from './link.types.ts';
import type { ResolvedSocketOptions } from './options.ts';
import { checkSecrecy, mayCarryMessages } from './secrecy.ts';
import type { SocketInput } from '../../machines/connection.types.ts';
import type { Clock } from '../ports/clock.ts';
import type { DialRequest } from '../ports/socket.ts';
import { SUBPROTOCOL } from '../protocol/subprotocol.ts';
import type { Credential } from '../providers/contract.ts';

export interface PreparedDial {
  /** `tenuto.v1` is to be offered, at first. */
  readonly offers: boolean;
  readonly offering: DialRequest;
  readonly plain: DialRequest;
}

/** A provider of addresses, subprotocols or bearers that takes longer counts as a failed dial. */
const PROVIDERS_TIMEOUT_MS = 10_000;

export async function requestFor<Link>(
  { options, target, session, kind }: LinkOwner<Link>,
  reason: SocketInput['reason'],
): Promise<PreparedDial> {
  const asked = Promise.all([
    target.url(),
    target.protocols(),
    bearerOf(options.token, kind, reason),
  ]);
  const [home, protocols, bearer] = await within(PROVIDERS_TIMEOUT_MS, options.clock, asked);
  const url = kind === 'plain' ? home : session.placesFrom(home.href, options).next();
  const isFit = mayCarryMessages(home, options.isInsecure);
  const offers = kind === 'gateway' || (kind === 'unknown' && isFit);
  if (offers && !isFit) throw new Error('A gateway on another machine is reached by wss: only.');
  session.claim.bearer = bearer;
  const facts = {
    url: String(url),
    timeoutMs: options.connectionTimeoutMs,
    ...(Object.keys(options.headers).length === 0 ? {} : { headers: options.headers }),
  };
  // Last, since there are servers that take the first subprotocol whatever it is.
  const offered = kind === 'gateway' ? [SUBPROTOCOL] : [...protocols, SUBPROTOCOL];
  return {
    offers,
    offering: { ...facts, protocols: offered },
    plain: { ...facts, protocols },
  };
}

/**
 * A bearer that could never be shown, and a gateway that could never be spoken to, are told at the door.
 *
 * @throws TenutoError OPTION_INVALID
 */
export function checkAddress(url: URL, { mode, token, isInsecure }: ResolvedSocketOptions): void {
  if (mode === 'plain') return;
  if (mode === 'auto' && token === '') return; // it is spoken to as any other server
  checkSecrecy(url, isInsecure);
}

async function bearerOf(
  token: Credential,
  kind: LinkOwner<unknown>['kind'],
  reason: SocketInput['reason'],
): Promise<string> {
  if (kind === 'plain') return '';
  return typeof token === 'function' ? token({ reason }) : token;
}

function within<T>(ms: number, clock: Clock, asked: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      reject(new Error('what to dial did not come in time'));
    }, ms);
    asked
      .then(resolve, reject)
      .finally(() => clock.clearTimeout(timer))
      .catch(() => undefined);
  });
}
