/** The options of a resumable WebSocket. Those that `reconnecting-websocket` and `partysocket` have are named and mean the same. */
import { systemClock, systemWallClock } from '../ports/clock.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import { checkName, checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';
import { systemRandom } from '../ports/random.ts';
import type { Random } from '../ports/random.ts';
import type { Transport } from '../ports/socket.ts';
import type { MessageSpool } from '../ports/spool.ts';
import { RING_BYTES } from '../protocol/limits.ts';
import type { Credential } from '../providers/contract.ts';
import { checkBaseUrl } from '../providers/wire/base-url.ts';
import type { CloseFacts } from './events.types.ts';
import { policiesOf } from './policies.ts';
import type { Policies, ScheduleOptions } from './policies.ts';
import { checkSecrecy } from './secrecy.ts';
import type { SocketSpool } from './spooling.types.ts';
import type { NetworkMonitor } from '../network/monitor.ts';
import { transportOver } from '../transports/websocket.browser.ts';
import type { WebSocketClass } from '../transports/websocket.browser.ts';

/**
 * `gateway`: `tenuto.v1` or nothing. `plain`: never `tenuto.v1`. `auto`: it is offered, beside the subprotocols that are asked
 * for, and the server's choice decides.
 */
export type SocketMode = 'auto' | 'gateway' | 'plain';

export interface ResumableWebSocketOptions extends ScheduleOptions {
  /** How long a dial may take. Default 10,000 ms. */
  readonly connectionTimeout?: number;
  /**
   * Messages that may wait for a connection. Given, `send` may be called before the first one is open as well, where the
   * standard has it throw. Default 16,384.
   */
  readonly maxEnqueuedMessages?: number;
  /** Nothing is dialled before `reconnect()`. Default false. */
  readonly startClosed?: boolean;
  /** Tells what happens, to `debugLogger`. Never what is sent or received. Default false. */
  readonly debug?: boolean;
  /** Default: the console. */
  readonly debugLogger?: (...said: unknown[]) => void;
  /** The class to open sockets with. Default: the platform's own; on Node `ws`. */
  readonly WebSocket?: WebSocketClass;
  /** Whether a plain connection that ended so is to be followed by another. Default: always. */
  readonly shouldReconnect?: (event: CloseFacts) => boolean;

  /** Default `auto`. */
  readonly mode?: SocketMode;
  /**
   * Of a plain server: its breaks are bridged without `close` and `open`, and `readyState` stays OPEN; they are told by `loss`,
   * `reconnecting` and `reconnected`. A gateway's always are. Default false.
   */
  readonly transparent?: boolean;
  /** The bearer for a gateway, or a function that is asked on every dial. It is shown to whatever server chooses `tenuto.v1`, and to no other. Default none. */
  readonly token?: Credential;
  /**
   * Other addresses of the same gateway, such as `wss://gw7.eu.example`, to which it may send its clients when it ends. Of an
   * address scheme, host and port count. What is not named here is passed over, with a `warning`. Default: none.
   */
  readonly mayMoveTo?: readonly string[];
  /** Which of the gateway's applications is to serve the messages. Default `messages`. */
  readonly app?: string;
  /** Speaks `tenuto.v1` over `ws:` to other machines as well. Only for a network of your own. Default false. */
  readonly insecure?: boolean;
  /** Headers of the upgrade. Node only: browsers cannot send any, and other `WebSocket` classes are given none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What may wait here, to be sent or to be acknowledged. Default 4 MiB. */
  readonly maxBufferedBytes?: number;
  /** After `close` a gateway has so long to take what is left, and a plain server to answer. Default 10,000 ms. */
  readonly closeTimeout?: number;
  /**
   * Keeps what is not acknowledged beyond the life of the process: `openMessageSpool`. The next socket with it takes the session up, and
   * sends that first. For one socket, which `close()` ends for good; implies `mode: 'gateway'`. Default none.
   */
  readonly spool?: MessageSpool;
  /** What is known of the network: a network that comes back ends every wait. Default none. */
  readonly network?: NetworkMonitor;
  /** For tests. Default: the platform's sockets. */
  readonly transport?: Transport;
  readonly clock?: Clock;
  readonly wallClock?: WallClock;
  readonly random?: Random;
}

export interface ResolvedSocketOptions {
  readonly policies: Policies;
  readonly connectionTimeoutMs: number;
  readonly maxEnqueuedMessages: number;
  readonly queuesBeforeOpen: boolean;
  readonly startsClosed: boolean;
  readonly debug: (what: string, facts?: object) => void;
  readonly shouldReconnect: (event: CloseFacts) => boolean;
  readonly mode: SocketMode;
  readonly isTransparent: boolean;
  readonly token: Credential;
  readonly mayMoveTo: readonly string[];
  readonly app: string;
  readonly isInsecure: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBufferedBytes: number;
  readonly closeTimeoutMs: number;
  readonly spool: SocketSpool | null;
  readonly network: NetworkMonitor | null;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: Random;
}

const WORDS = { name: 'mayMoveTo', secret: 'a bearer goes into token' };
const EXAMPLE = 'wss://gw7.eu.example';
const CONNECTION_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 10_000;
/** Of empty messages too there is an end. */
export const MAX_MESSAGES = 16_384;

const NAMES: Readonly<Record<keyof ResumableWebSocketOptions, true>> = {
  maxReconnectionDelay: true,
  minReconnectionDelay: true,
  reconnectionDelayGrowFactor: true,
  minUptime: true,
  connectionTimeout: true,
  maxRetries: true,
  maxEnqueuedMessages: true,
  startClosed: true,
  debug: true,
  debugLogger: true,
  WebSocket: true,
  shouldReconnect: true,
  mode: true,
  transparent: true,
  token: true,
  mayMoveTo: true,
  app: true,
  insecure: true,
  headers: true,
  maxBufferedBytes: true,
  closeTimeout: true,
  spool: true,
  network: true,
  transport: true,
  clock: true,
  wallClock: true,
  random: true,
};

const MODES: Readonly<Record<SocketMode, true>> = { auto: true, gateway: true, plain: true };

/** @throws TenutoError OPTION_INVALID */
export function resolveSocketOptions(
  options: ResumableWebSocketOptions,
  platform: Transport,
): ResolvedSocketOptions {
  checkOptions('socket', options, NAMES);
  const { maxEnqueuedMessages, WebSocket, spool = null } = options;
  const { mode = spool === null ? 'auto' : 'gateway' } = options;
  checkName('mode', mode, MODES);
  if (spool !== null) checkSpool(spool, mode);
  checkNumbers(options);
  if (WebSocket !== undefined && typeof WebSocket !== 'function') {
    throw invalid('WebSocket is no class.', 'Give a class with the interface of WebSocket.');
  }
  return {
    policies: policiesOf(options),
    connectionTimeoutMs: options.connectionTimeout ?? CONNECTION_TIMEOUT_MS,
    maxEnqueuedMessages: maxEnqueuedMessages ?? MAX_MESSAGES,
    queuesBeforeOpen: maxEnqueuedMessages !== undefined,
    startsClosed: options.startClosed ?? false,
    debug: debugOf(options),
    shouldReconnect: judgeOf(options),
    mode,
    isTransparent: options.transparent ?? false,
    token: options.token ?? '',
    mayMoveTo: othersOf(options),
    app: options.app ?? 'messages',
    isInsecure: options.insecure ?? false,
    headers: options.headers ?? {},
    maxBufferedBytes: options.maxBufferedBytes ?? RING_BYTES,
    closeTimeoutMs: options.closeTimeout ?? CLOSE_TIMEOUT_MS,
    spool: spool as SocketSpool | null,
    network: options.network ?? null,
    transport: WebSocket === undefined ? (options.transport ?? platform) : transportOver(WebSocket),
    clock: options.clock ?? systemClock,
    wallClock: options.wallClock ?? systemWallClock,
    random: options.random ?? systemRandom,
  };
}

/** Of what a plain server has nobody could say in another life. */
function checkSpool(spool: object, mode: SocketMode): void {
  if (!('isOver' in spool)) {
    throw invalid('spool is none for messages.', 'Give what openMessageSpool resolves to.');
  }
  if (mode === 'gateway') return;
  throw invalid(`spool is given, and mode is ${mode}.`, "Leave mode out, or give 'gateway'.");
}

/** One that throws says no. */
function judgeOf({ shouldReconnect = () => true }: ResumableWebSocketOptions) {
  return (event: CloseFacts): boolean => {
    try {
      return shouldReconnect(event);
    } catch {
      return false;
    }
  };
}

function othersOf({ mayMoveTo = [], insecure = false }: ResumableWebSocketOptions): string[] {
  const others = mayMoveTo.map((each) => checkBaseUrl(each, 'socket', EXAMPLE, WORDS));
  for (const each of others) checkSecrecy(new URL(each), insecure);
  return others;
}

function checkNumbers(options: ResumableWebSocketOptions): void {
  for (const name of ['maxRetries', 'maxEnqueuedMessages', 'maxBufferedBytes'] as const) {
    const value = options[name];
    if (value !== undefined) checkNumber(name, value, value >= 0, 'that is 0 or more');
  }
  for (const name of [
    'maxReconnectionDelay',
    'minReconnectionDelay',
    'minUptime',
    'connectionTimeout',
    'closeTimeout',
  ] as const) {
    const value = options[name];
    const isFine = value !== undefined && value >= 0 && value < Infinity;
    if (value !== undefined) checkNumber(name, value, isFine, 'of milliseconds, 0 or more');
  }
  const growth = options.reconnectionDelayGrowFactor ?? 1;
  const isFine = growth >= 1 && growth < Infinity;
  checkNumber('reconnectionDelayGrowFactor', growth, isFine, 'that is 1 or more');
}

function debugOf({
  debug = false,
  debugLogger,
}: ResumableWebSocketOptions): ResolvedSocketOptions['debug'] {
  if (!debug) return () => undefined;
  const { console } = globalThis as unknown as { console: { debug(...said: unknown[]): void } }; // who asks for it has one to look at
  const tell = debugLogger ?? ((...said: unknown[]) => console.debug(...said));
  return (what, facts = {}) => {
    tell('tenuto>', what, facts);
  };
}
