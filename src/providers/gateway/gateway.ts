/**
 * Our own gateway (`tenuto serve`), over `tenuto.v1`.
 *
 * What it acknowledges is in its log, and outlives sockets, this network and the gateway's own process. So audio leaves
 * when it is acknowledged, is sent on from where the log ends, and is kept here for as long as there is room: a store that
 * loses its newest records asks for them again.
 *
 * Source: src/protocol/PROTOCOL.md.
 */
import { Addresses } from './addresses.ts';
import { Custody } from './custody.ts';
import { failureOfClose } from './failures.ts';
import { GatewayStream } from './stream.ts';
import { systemClock, systemWallClock } from '../../ports/clock.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import { isLoopback } from '../../ports/loopback.ts';
import { checkOptions, invalid } from '../../ports/option-errors.ts';
import { systemRandom } from '../../ports/random.ts';
import { gatewayAddress } from '../../protocol/address.ts';
import {
  GRACE_MS,
  PING_IDLE_MS,
  SERVER_DEAD_MS,
  WELCOME_TIMEOUT_MS,
} from '../../protocol/limits.ts';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import type { Random } from '../../ports/random.ts';
import type { Credential, CredentialReason, Provider, StreamMemory } from '../contract.ts';
import { checkBaseUrl } from '../wire/base-url.ts';
import { checkPcm } from '../wire/pcm.ts';
import { keeping } from '../../session/keeping.ts';

export interface GatewayProviderOptions {
  /** Where it listens, such as `wss://voice.example`. Without a path it is `/v1/session`. */
  readonly url: string;
  /**
   * The bearer, or a function that is asked on every dial and may bring a fresh one: also in mid-session, before the one
   * that is in use expires. Default: none, for a gateway that asks for none.
   */
  readonly token?: Credential;
  /** Which of the gateway's applications is to serve the session. Default `speech`. */
  readonly app?: string;
  /**
   * Other addresses of the same gateway, such as `wss://gw7.eu.example`, to which it may send its clients when it ends. Of an
   * address scheme, host and port count. What is not named here is passed over, with a warning. Default: none.
   */
  readonly mayMoveTo?: readonly string[];
  /** How long a dial may take. Default 10 s. */
  readonly dialTimeoutMs?: number;
  /** The name under which results and logs speak of it. Default `gateway`. */
  readonly name?: string;
  /** Lets `ws:` go to other machines: the bearer and the audio in the clear. Only for a network of your own. Default false. */
  readonly insecure?: boolean;
  /** What it tells the gateway of this machine's time. For tests. Default: this machine's. */
  readonly wallClock?: WallClock;
}

const EXAMPLE = 'wss://voice.example';
const WORDS = { name: 'url', secret: 'a bearer goes into token' };
const CLIENT = 'tenuto-js';
/** A commit takes a store's election, at the worst. */
const FLUSH_TIMEOUT_MS = 10_000;

const NAMES: Readonly<Record<keyof GatewayProviderOptions, true>> = {
  url: true,
  token: true,
  app: true,
  mayMoveTo: true,
  dialTimeoutMs: true,
  name: true,
  insecure: true,
  wallClock: true,
};

/** @throws TenutoError OPTION_INVALID */
export function gateway(options: GatewayProviderOptions): Provider {
  checkOptions('gateway', options, NAMES);
  const { token = '', app = null, name = 'gateway', wallClock = systemWallClock } = options;
  const url = gatewayAddress(checkBaseUrl(options.url, 'socket', EXAMPLE, WORDS));
  const others = (options.mayMoveTo ?? []).map((each) => {
    return checkBaseUrl(each, 'socket', EXAMPLE, { ...WORDS, name: 'mayMoveTo' });
  });
  if (options.insecure !== true) for (const each of [url, ...others]) checkSecrecy(new URL(each));
  const newCustody = (random: Random, clock: Clock): Custody =>
    new Custody(random, new Addresses(url, others, random), clock);
  /** Where each link was dialled: what it is welcomed at. */
  const dialled = new WeakMap<StreamMemory, string>();

  return {
    name,
    component: 'gateway',
    brings: [keeping],
    traits: {
      resume: 'handle',
      keepsAudio: true,
      keepsSessionForMs: GRACE_MS,
      takesOver: true,
      configures: true,
      configuresWithinMs: WELCOME_TIMEOUT_MS,
      replayRateRatio: Infinity, // as far as its credit goes
      keepAliveIntervalMs: PING_IDLE_MS,
      firstAudioWithinMs: null,
      flushTimeoutMs: FLUSH_TIMEOUT_MS,
      answersPings: true,
      // PROTOCOL.md, P13.2, P15.3 and P15.5
      liveness: { isPrompt: true, deadAloneAtLeastMs: SERVER_DEAD_MS },
      refreshesCredential: typeof token === 'function',
      announcesEnd: true,
      faculties: ['hearing'],
    },
    checkFormat: (format) => checkPcm('The gateway', format),
    dial: async (_format, reason, memory) => {
      const bearer = await bearerOf(token, reason);
      const custody = memory?.shared?.(newCustody);
      if (custody !== undefined) custody.bearer = bearer;
      const address = custody?.addresses.next() ?? url;
      if (memory !== undefined) dialled.set(memory, address);
      return { url: address, protocols: [SUBPROTOCOL], timeoutMs: options.dialTimeoutMs ?? 10_000 };
    },
    openStream: ({ sampleRateHz }, memory) => {
      const custody = memory?.shared?.(newCustody) ?? newCustody(systemRandom, systemClock);
      const audio = { encoding: 'pcm_s16le', sampleRateHz } as const;
      const renew = typeof token === 'function' ? () => token({ reason: 'expiring' }) : undefined;
      const facts = { audio, app, client: CLIENT, ...(renew === undefined ? {} : { renew }) };
      const addressOf = (): string => (memory && dialled.get(memory)) ?? url;
      return new GatewayStream(custody, facts, wallClock, addressOf);
    },
    classifyEnd: (end) => failureOfClose(end, false),
  };
}

/** @throws TenutoError OPTION_INVALID for an address to which a bearer would go in the clear (PROTOCOL.md, P2.2). */
function checkSecrecy({ protocol, hostname, host }: URL): void {
  if (protocol === 'wss:' || isLoopback(hostname)) return;
  throw invalid(
    `ws://${host} is on another machine: everybody on the way could hear, and take the bearer.`,
    'Give a wss: address, or insecure: true for a network of your own.',
  );
}

async function bearerOf(token: Credential, reason: CredentialReason): Promise<string> {
  return typeof token === 'function' ? token({ reason }) : token;
}
