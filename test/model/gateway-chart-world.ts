/**
 * A real gateway with clients that are let in, and a store that answers when a step says so. What its chart is told is told
 * by what happens to these.
 */
import { GatewayWorld, NotingApp, helloFacts, settled } from '../gateway/gateway-world.ts';
import type { RawClient } from '../gateway/gateway-world.ts';
import { AnsweredStore } from './answered-store.ts';
import type { GatewayDrain } from '../../machines/gateway.types.ts';
import type { AppHandlers, AppSession } from '../../src/gateway/app.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** A client that says nothing for 20 s is taken for dead. */
const SIGN_EVERY_MS = 4_000;
const SIGN = {
  nonce: 0,
  epoch: 1,
  lastSent: 0,
  received: 0,
  committed: 0,
  maxSeq: 0,
  sentAtMs: 0,
} as const;

export interface Company {
  /** Clients that have a session when the path begins. */
  readonly clients: number;
  /** Those whose welcome is on its way. */
  readonly coming: number;
}

/** Says goodbye when it is told to. */
class LingeringApp extends NotingApp {
  #leaving: (() => void)[] = [];
  #lingers = true;

  override open(session: AppSession, start: { readonly fin: number }): AppHandlers {
    const close = (): Promise<void> =>
      this.#lingers ? new Promise((resolve) => this.#leaving.push(resolve)) : Promise.resolve();
    return { ...super.open(session, start), close };
  }

  letGo(): void {
    this.#lingers = false;
    for (const leave of this.#leaving.splice(0)) leave();
  }
}

/** Whether other gateways could have it open meanwhile is for a path to say. */
class ExclusiveStore extends AnsweredStore {
  isExclusive = false;
}

export class GatewayChartWorld {
  readonly clock: VirtualClock;
  readonly clients: RawClient[] = [];
  readonly world: GatewayWorld;
  readonly #store = new ExclusiveStore();
  readonly #app = new LingeringApp();
  #state = 'accepting.ready';
  #signs: unknown = null;
  #dials = 0;
  isStopped = false;

  static async with({ clients, coming }: Company, startAtMs: number): Promise<GatewayChartWorld> {
    const made = new GatewayChartWorld(startAtMs);
    made.#store.isHolding = false;
    const gone = made.client();
    await settled();
    gone.lose(); // its session is one that nobody has at the moment
    made.clients.pop();
    for (let nth = 0; nth < clients; nth += 1) made.client();
    await settled();
    made.#store.isHolding = true;
    for (let nth = 0; nth < coming; nth += 1) made.client();
    await settled();
    made.#sign();
    return made;
  }

  private constructor(startAtMs: number) {
    this.clock = new VirtualClock(startAtMs);
    this.world = new GatewayWorld(this.#store, this.clock, {
      apps: new Map([['speech', this.#app]]),
      onStep: ({ chart, to }) => {
        if (chart === 'gateway') this.#state = to;
      },
    });
  }

  state(): string {
    return this.#state;
  }

  /** Who was told to go elsewhere. */
  get asked(): readonly RawClient[] {
    return this.clients.filter((client) => client.of('goAway').length > 0);
  }

  /** Who was let in, now or before. */
  get welcomed(): readonly RawClient[] {
    return this.clients.filter((client) => client.of('welcome').length > 0);
  }

  /** One that says HELLO. */
  client(): RawClient {
    const client = this.world.client();
    this.#dials += 1;
    const name = `c${this.#dials}x`;
    client.send({ type: 'hello', ...helloFacts(), auth: name, inst: name });
    this.clients.push(client);
    return client;
  }

  drain({ deadlineMs, isHandover }: Pick<GatewayDrain, 'deadlineMs' | 'isHandover'>): void {
    this.#store.isExclusive = isHandover;
    if (isHandover) this.#app.session?.send({ type: 'said' }); // which waits for the store
    this.#note(this.world.gateway.drain(deadlineMs));
  }

  stop(): void {
    this.#note(this.world.gateway.close());
  }

  /** A client comes, or the store is tried: it takes nothing. */
  async storeFails(): Promise<void> {
    if (!this.#store.has('tail')) this.client();
    await settled();
    if (this.#store.has('tail')) await this.#store.answer('tail');
    await this.#store.answer('append', 'unavailable', 'newest');
  }

  /** It takes what a session has to keep, or what it is tried with. */
  async storeAnswers(): Promise<void> {
    if (!this.#store.has('tail')) this.#app.session?.send({ type: 'said' });
    await settled();
    if (this.#store.has('tail')) await this.#store.answer('tail');
    await this.#store.answer('append', 'really', 'newest');
  }

  /** What an app had said is in the log. */
  settle(): Promise<void> {
    return this.#store.answer('append');
  }

  /** The first of those whose welcome is on its way. */
  welcome(): Promise<void> {
    return this.#store.answer('append');
  }

  async loseAll(): Promise<void> {
    for (const client of this.clients) client.lose();
    await settled();
  }

  async letSessionsGo(): Promise<void> {
    this.#app.letGo();
    await this.#store.letGo();
    await settled();
  }

  async dispose(): Promise<void> {
    this.clock.clearTimeout(this.#signs);
    this.stop();
    await this.letSessionsGo();
    await this.clock.advanceAsync(10_000);
  }

  #note(stopped: Promise<unknown>): void {
    void stopped.then(() => (this.isStopped = true));
  }

  #sign(): void {
    for (const client of this.welcomed) client.send({ type: 'ping', ...SIGN });
    this.#signs = this.clock.setTimeout(() => {
      this.#sign();
    }, SIGN_EVERY_MS);
  }
}
