/** The links of one engine, as the chart asks for them: the one that carries the messages, and one beside it at the most. */
import type { Farewell } from './addresses.ts';
import type { Charted } from './engine.types.ts';
import { Link } from './link.ts';
import type { LinkOwner } from './link.types.ts';
import type { ResolvedSocketOptions } from './options.ts';
import type { Failure } from '../../machines/failure.ts';
import { Claims } from '../session/claims.ts';
import type { Looks } from '../session/looks.ts';
import type {
  ConnectionEvent,
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
} from '../../machines/connection.types.ts';

export interface LinksOwner extends LinkOwner<Link> {
  /** It carries the messages from now on. */
  onCarrier(link: Link): void;
  /** Sends what waits. */
  pump(): void;
}

const NOTHING_REPLAYED: ReplayResult = {
  replayedChunks: 0,
  audioReplayedMs: 0,
  audioLostMs: 0,
  duplicatesDropped: 0,
};

export class Links implements Charted {
  readonly #owner: LinksOwner;
  readonly #claims = new Claims<Link>(
    () => this.#all,
    (link, failure) => {
      link.tellLost(failure);
    },
  );
  #all: readonly Link[] = [];
  #carrier: Link | null = null;

  constructor(owner: LinksOwner) {
    this.#owner = owner;
  }

  get options(): ResolvedSocketOptions {
    return this.#owner.options;
  }

  /** Null while none carries. */
  get carrier(): Link | null {
    return this.#carrier;
  }

  /** Dials, and owns the socket until the actor ends. */
  runSocket(
    input: SocketInput,
    tell: (event: ConnectionEvent) => void,
    receive: (listener: (command: SocketCommand) => void) => void,
    looks: Looks,
  ): () => void {
    const link = new Link(input, this.#owner, tell, looks);
    const isBeside = this.#carrier !== null;
    this.#all = [...this.#all, link];
    receive((command) => {
      if (command.type === 'socket.abandon') link.fail(command.failure);
      else if (command.type === 'socket.warn') this.#owner.onWarning(command.failure);
      else {
        link.looks.probedAtMs = link.clock.nowMs();
        link.probe();
      }
    });
    if (isBeside && this.#owner.kind !== 'gateway') void refuse(link);
    else void link.begin(input);
    return () => {
      this.letGo(link, null);
    };
  }

  restore({ id }: SocketInput): Promise<RestoreResult> {
    const link = this.#all.find((other) => other.id === id);
    if (link === undefined) return lostMeanwhile();
    this.#carrier = link;
    this.#owner.onCarrier(link);
    const atMs = this.options.clock.nowMs();
    return Promise.resolve({ resumed: link.isResumed, toolCallsCarried: 0, atMs });
  }

  replay(): Promise<ReplayResult> {
    this.#owner.pump();
    return Promise.resolve(NOTHING_REPLAYED);
  }

  isSpare(link: Link): boolean {
    return this.#carrier !== null && !link.isMove;
  }

  isNeeded(link: Link): boolean {
    return !this.isSpare(link) || (this.#carrier?.heardAtMs ?? 0) < link.madeAtMs;
  }

  /** Whoever speaks on it: another has asked for its session, and the gateway decides. */
  isContested(link: Link): boolean {
    return this.#claims.isContested(link);
  }

  /** @param failure what the chart is to be told: where another has asked for the session, when that has come to nothing. */
  lost(link: Link, failure: Failure): void {
    this.#leave(link);
    if (this.#claims.holdsBack(link, failure)) return;
    link.tellLost(failure);
    this.#claims.settled();
  }

  letGo(link: Link, farewell: Farewell | null): void {
    this.#leave(link);
    this.#all = this.#all.filter((other) => other !== link);
    link.release(farewell);
    this.#claims.forget(link);
    this.#claims.settled();
  }

  #leave(link: Link): void {
    if (link === this.#carrier) this.#carrier = null;
  }

  letGoOfAll(farewell: Farewell | null): void {
    for (const link of this.#all) this.letGo(link, farewell);
  }
}

/** A plain server would take a second socket for a second client. */
async function refuse(link: Link): Promise<void> {
  await Promise.resolve();
  link.fail({ kind: 'transient', code: 'beside', detail: 'one socket at a time' });
}

/** The chart knows. */
function lostMeanwhile(): Promise<never> {
  return new Promise(() => undefined);
}
