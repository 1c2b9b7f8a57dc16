/** The connection chart with fake actors, on a clock of its own. */
import { createActor, fromCallback, fromPromise } from 'xstate';
import type { EventObject } from 'xstate';

import { presets } from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { connectionMachine } from '../../machines/connection.machine.ts';
import type { MoveTimerInput } from '../../machines/connection.moving.ts';
import type { SocketFault } from '../../machines/connection.patience.ts';
import type {
  ConnectionEvent,
  ConnectionInput,
  ConnectionSignal,
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
  WaitInput,
} from '../../machines/connection.types.ts';
import type { Failure, FailureKind } from '../../machines/failure.ts';
import { ofType, running, statePath, waitOn } from '../support/chart-view.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

export interface DialledSocket extends SocketInput {
  readonly atMs: number;
  probes: number;
  isReleased: boolean;
}

export interface Waited extends WaitInput {
  readonly actor: 'backoffTimer' | 'rateLimitWait';
}

export interface WorldOptions {
  readonly policy?: Partial<ReconnectPolicy>;
  readonly input?: Partial<ConnectionInput>;
}

export const PLAIN_REPLAY: ReplayResult = {
  replayedChunks: 0,
  audioReplayedMs: 0,
  audioLostMs: 0,
  duplicatesDropped: 0,
};

export function failureOf(kind: FailureKind, facts: Partial<Failure> = {}): Failure {
  return { kind, code: 'test', detail: '', ...facts };
}

export class ChartWorld {
  readonly clock = new VirtualClock(1_000);
  readonly sockets: DialledSocket[] = [];
  readonly waits: Waited[] = [];
  readonly signals: ConnectionSignal[] = [];
  /** What sockets were to be abandoned for, or to be warned of. */
  readonly faults: (SocketFault & { readonly type: SocketCommand['type'] })[] = [];
  /** What the next restoration and the next replay do: a value ends them, an error breaks them, null keeps them. */
  restores: RestoreResult | Error | null = { resumed: false, toolCallsCarried: 0, atMs: 0 };
  replays: ReplayResult | Error | null = PLAIN_REPLAY;
  readonly actor;

  constructor(options: WorldOptions = {}) {
    this.actor = createActor(this.#machine(), {
      clock: this.clock,
      input: {
        component: 'stt',
        policy: { ...presets.production, jitter: 'none', ...options.policy },
        ...options.input,
      },
    });
    this.actor.on('*', (signal) => this.signals.push(signal));
    this.actor.subscribe({ error: () => undefined });
    this.actor.start();
  }

  /** The state's path, such as `reconnecting.backingOff`. */
  get state(): string {
    return statePath(this.actor.getSnapshot().value);
  }

  get context() {
    return this.actor.getSnapshot().context;
  }

  get socketId(): number {
    return this.context.socketId;
  }

  get liveSocketIds(): readonly number[] {
    return this.sockets.filter(({ isReleased }) => !isReleased).map(({ id }) => id);
  }

  get children(): readonly string[] {
    return running(this.actor.getSnapshot().children);
  }

  signalsOf<T extends ConnectionSignal['type']>(type: T) {
    return ofType(this.signals, type);
  }

  async send(...events: readonly ConnectionEvent[]): Promise<void> {
    for (const event of events) this.actor.send(event);
    await settle();
  }

  connect(): Promise<void> {
    return this.send({ type: 'session.connect' });
  }

  close(): Promise<void> {
    return this.send({ type: 'session.close' });
  }

  opened(id = this.socketId): Promise<void> {
    return this.send({ type: 'socket.opened', id, atMs: this.clock.nowMs() });
  }

  configured(id = this.socketId): Promise<void> {
    return this.send({ type: 'socket.configured', id, atMs: this.clock.nowMs() });
  }

  /** The socket that is being dialled opens and serves. */
  async stands(): Promise<void> {
    await this.opened();
    await this.configured();
  }

  async active(): Promise<this> {
    await this.connect();
    await this.stands();
    return this;
  }

  lost(failure: Failure = failureOf('transient'), facts: { id?: number; unit?: number } = {}) {
    return this.send({
      type: 'socket.lost',
      id: this.socketId,
      failure,
      atMs: this.clock.nowMs(),
      bufferedChunks: 7,
      unit: 0.5,
      ...facts,
    });
  }

  answered(): Promise<void> {
    return this.send({
      type: 'server.answered',
      id: this.socketId,
      atMs: this.clock.nowMs(),
    });
  }

  committed(): Promise<void> {
    return this.send({
      type: 'result.committed',
      id: this.socketId,
      atMs: this.clock.nowMs(),
    });
  }

  suspected(silentForMs = 1_500): Promise<void> {
    return this.send({ type: 'link.suspected', atMs: this.clock.nowMs(), silentForMs });
  }

  recovered(): Promise<void> {
    return this.send({ type: 'link.recovered', atMs: this.clock.nowMs(), rtt: null });
  }

  died(silentForMs = 6_000): Promise<void> {
    return this.send({
      type: 'link.died',
      atMs: this.clock.nowMs(),
      silentForMs,
      bufferedChunks: 9,
      unit: 0.5,
    });
  }

  /** @param unit chance: 1 is as late as can be. */
  ending(inMs: number, unit = 0.5, id = this.socketId): Promise<void> {
    return this.send({ type: 'link.ending', id, atMs: this.clock.nowMs(), inMs, unit });
  }

  networkLost(): Promise<void> {
    return this.send({ type: 'network.lost', atMs: this.clock.nowMs() });
  }

  networkRestored(facts: { unit?: number; resetsAttempts?: boolean } = {}): Promise<void> {
    return this.send({
      type: 'network.restored',
      atMs: this.clock.nowMs(),
      unit: 0.5,
      resetsAttempts: false,
      ...facts,
    });
  }

  networkChanged(): Promise<void> {
    return this.send({ type: 'network.changed', atMs: this.clock.nowMs(), unit: 0.5 });
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  #machine() {
    const waitActor = (actor: Waited['actor']) =>
      waitOn(this.clock, (waitMs) => this.waits.push({ actor, waitMs }));
    const resultOf = <T>(result: T | Error | null): Promise<T> => {
      if (result === null) return new Promise(() => undefined);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    };

    return connectionMachine.provide({
      actors: {
        socket: fromCallback<SocketCommand, SocketInput>(({ input, receive }) => {
          const socket = { ...input, atMs: this.clock.nowMs(), probes: 0, isReleased: false };
          this.sockets.push(socket);
          receive((command) => {
            if (command.type === 'socket.probe') socket.probes += 1;
            else this.faults.push({ id: input.id, ...command });
          });
          return () => (socket.isReleased = true);
        }),
        backoffTimer: waitActor('backoffTimer'),
        rateLimitWait: waitActor('rateLimitWait'),
        sessionRestore: fromPromise<RestoreResult, SocketInput>(() => resultOf(this.restores)),
        moveTimer: fromCallback<EventObject, MoveTimerInput>(({ input, sendBack }) => {
          const tell = (): void => {
            sendBack({ type: 'move.due', atMs: this.clock.nowMs() });
            timer = this.clock.setTimeout(tell, input.everyMs);
          };
          let timer = this.clock.setTimeout(tell, input.firstInMs);
          return () => {
            this.clock.clearTimeout(timer);
          };
        }),
        bufferReplay: fromPromise<ReplayResult, SocketInput>(() => resultOf(this.replays)),
      },
    });
  }
}

/** How to get into each state, and into those where more than one socket is open. */
export const ways: Readonly<Record<string, (world: ChartWorld) => Promise<void>>> = {
  idle: async () => undefined,
  'connecting.dialing': (world) => world.connect(),
  'connecting.configuring': async (world) => {
    await world.connect();
    await world.opened();
  },
  'connected.restoring': async (world) => {
    world.restores = null;
    await world.active();
  },
  'connected.replaying': async (world) => {
    world.replays = null;
    await world.active();
  },
  active: async (world) => {
    await world.active();
  },
  'reconnecting.waitingForNetwork': async (world) => {
    await world.active();
    await world.networkLost();
    await world.lost();
  },
  'reconnecting.waitingForRateLimit': async (world) => {
    await world.active();
    await world.lost(failureOf('rateLimited'));
  },
  'reconnecting.backingOff': async (world) => {
    await world.active();
    await world.lost();
  },
  'reconnecting.dialing': async (world) => {
    await world.active();
    await world.lost(failureOf('planned'));
  },
  'reconnecting.configuring': async (world) => {
    await world.active();
    await world.lost(failureOf('planned'));
    await world.opened();
  },
  error: async (world) => {
    await world.active();
    await world.lost(failureOf('config'));
  },
};
