/** The orchestrator with real connection charts below it; only sockets, waits and results are made up. */
import { createActor, fromCallback, fromPromise } from 'xstate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { connectionMachine } from '../../machines/connection.machine.ts';
import type {
  ConnectionEvent,
  ConnectionSignal,
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
} from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import { laneName } from '../../machines/orchestrator.names.ts';
import { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import { owned } from '../../machines/orchestrator.owned.ts';
import type {
  BreakSignal,
  Candidate,
  HandoverInput,
  HandoverResult,
  OrchestratorEvent,
  OrchestratorSignal,
} from '../../machines/orchestrator.types.ts';
import { ofType, statePath, waitOn } from '../support/chart-view.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';
import { failureOf, PLAIN_REPLAY } from './chart-world.ts';
import { candidate, MINUTE_MS, PAIR } from './orchestrator-world.ts';

interface FakeSocket extends SocketInput {
  readonly tell: (event: ConnectionEvent) => void;
  isReleased: boolean;
}

type Signal = ConnectionSignal | OrchestratorSignal | BreakSignal;

class World {
  readonly clock = new VirtualClock(1_000);
  readonly sockets: FakeSocket[] = [];
  readonly signals: Signal[] = [];
  /** The most sockets that carried at once. */
  mostCarrying = 0;
  readonly #carrying = new Set<number>();
  readonly #heard = new Set<string>();
  readonly actor;

  constructor(candidates: readonly Partial<Candidate>[]) {
    const policy = { ...candidate().policy, jitter: 'none', firstDelayMs: 0 } as const;
    const [first, ...others] = candidates.map((facts) => candidate({ policy, ...facts }));
    this.actor = createActor(this.#machine(), {
      clock: this.clock,
      input: { candidates: [first ?? candidate(), ...others] },
    });
    this.actor.on('*', (signal) => this.signals.push(signal));
    this.actor.subscribe({
      next: ({ context, children }) => {
        const name = laneName(context.carrier?.id);
        const child = children[name];
        if (child === undefined || this.#heard.has(name)) return;
        this.#heard.add(name);
        child.on('*', (signal) => this.signals.push(signal as Signal));
      },
      error: () => undefined,
    });
    this.actor.start();
  }

  get live(): readonly FakeSocket[] {
    return this.sockets.filter(({ isReleased }) => !isReleased);
  }

  get state(): string {
    return statePath(this.actor.getSnapshot().value);
  }

  async send(event: OrchestratorEvent): Promise<void> {
    this.actor.send(event);
    await settle();
  }

  /** The newest socket opens and is configured. */
  async opens(socket = this.sockets.at(-1)): Promise<void> {
    const at = { id: socket?.id ?? 0, atMs: this.clock.nowMs() };
    socket?.tell({ type: 'socket.opened', ...at });
    socket?.tell({ type: 'socket.configured', ...at });
    await settle();
  }

  async loses(failure: Failure = failureOf('transient'), socket = this.live.at(-1)) {
    socket?.tell({
      type: 'socket.lost',
      id: socket.id,
      failure,
      atMs: this.clock.nowMs(),
      bufferedChunks: 0,
      unit: 0.5,
    });
    await settle();
  }

  async connected(): Promise<this> {
    await this.send({ type: 'session.connect', atMs: this.clock.nowMs() });
    await this.opens();
    return this;
  }

  signalsOf<T extends Signal['type']>(type: T) {
    return ofType(this.signals, type);
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  #machine() {
    const wait = waitOn(this.clock);
    const connection = connectionMachine.provide({
      actors: {
        socket: fromCallback<SocketCommand, SocketInput>(({ input, sendBack }) => {
          const socket: FakeSocket = { ...input, tell: sendBack, isReleased: false };
          const index = this.sockets.push(socket);
          return () => {
            socket.isReleased = true;
            this.#carrying.delete(index);
          };
        }),
        backoffTimer: wait,
        rateLimitWait: wait,
        sessionRestore: fromPromise<RestoreResult, SocketInput>(() =>
          Promise.resolve({ resumed: false, toolCallsCarried: 0, atMs: this.clock.nowMs() }),
        ),
        bufferReplay: fromPromise<ReplayResult, SocketInput>(({ input }) => {
          const { lane, id } = input;
          this.#carrying.add(1 + this.sockets.findIndex((s) => s.lane === lane && s.id === id));
          this.mostCarrying = Math.max(this.mostCarrying, this.#carrying.size);
          return Promise.resolve(PLAIN_REPLAY);
        }),
      },
    });
    return orchestratorMachine.provide({
      actors: {
        connection: owned(connection),
        handover: fromPromise<HandoverResult, HandoverInput>(() =>
          Promise.resolve({ atMs: this.clock.nowMs() }),
        ),
      },
    });
  }
}

describe('a session over real connections', () => {
  let world: World;

  beforeEach(() => {
    world = new World(PAIR);
  });

  afterEach(async () => {
    await world.send({ type: 'session.close' });

    expect(world.live).toEqual([]);
    expect(world.clock.pending).toBe(0);
    expect(world.mostCarrying).toBeLessThanOrEqual(1);
  });

  it('is served by the first', async () => {
    await world.connected();

    expect(world.state).toBe('serving.steady');
    expect(world.live).toMatchObject([{ lane: 1, candidate: 0 }]);
  });

  it('resumes where it is when one dial is enough, and stays', async () => {
    await world.connected();

    await world.loses();
    await world.pass(1_000);
    await world.opens();

    expect(world.state).toBe('serving.steady');
    expect(world.signalsOf('connection.reconnected')).toMatchObject([{ attempts: 1 }]);
    expect(world.signalsOf('candidate.changed')).toEqual([]);
  });

  it('tells one break once at its end, with all dials and the whole time', async () => {
    await world.connected();
    await world.loses(); // of the link
    await world.pass(1_000);
    await world.loses(); // of the first dial
    await world.pass(2_000);

    await world.loses(); // of the second
    expect(world.live).toMatchObject([{ lane: 2, candidate: 1 }]);
    await world.pass(500);
    await world.opens();

    expect(world.signalsOf('connection.reconnected')).toMatchObject([
      { attempts: 3, downtimeMs: 3_500 },
    ]);
    expect(world.signalsOf('candidate.changed')).toMatchObject([
      { from: 'first', to: 'second', reason: 'failover', takeoverMs: 3_500 },
    ]);
  });

  it('carries the break through recording only as well', async () => {
    await world.connected();
    await world.loses(failureOf('quota'));
    await world.loses(); // the second's only dial
    expect(world.signalsOf('session.degraded')).toMatchObject([{ mode: 'recordOnly' }]);

    await world.pass(1_000);
    await world.opens();

    expect(world.signalsOf('connection.reconnected')).toMatchObject([{ downtimeMs: 1_000 }]);
    expect(world.signalsOf('session.restored')).toMatchObject([{ mode: 'recordOnly' }]);
  });

  it('is refused by all at the first connect, and says so once', async () => {
    await world.send({ type: 'session.connect', atMs: world.clock.nowMs() });

    await world.loses(failureOf('auth'));
    await world.loses(failureOf('config'));

    expect(world.signalsOf('session.suspended')).toMatchObject([{ failure: { kind: 'config' } }]);
    expect(world.sockets).toHaveLength(2);
  });

  it('does not move while it is offline, and dials within 250 ms after', async () => {
    await world.connected();
    await world.send({ type: 'network.lost', atMs: world.clock.nowMs() });
    await world.loses();
    await world.pass(30_000);
    expect(world.sockets).toHaveLength(1);

    const restored = { unit: 0.5, resetsAttempts: true, atMs: world.clock.nowMs() };
    await world.send({ type: 'network.restored', ...restored });
    await world.pass(125);
    await world.opens();

    expect(world.state).toBe('serving.steady');
    expect(world.sockets).toMatchObject([{ candidate: 0 }, { candidate: 0 }]);
  });

  it('stays where it is while a link is only suspected, and when its hedge carries on', async () => {
    await world.connected();

    world.sockets[0]?.tell({ type: 'link.suspected', atMs: world.clock.nowMs(), silentForMs: 500 });
    await settle();
    await world.opens();

    expect(world.state).toBe('serving.steady');
    expect(world.live).toMatchObject([{ lane: 1, id: 2 }]);
  });
});

describe('a standby over real connections', () => {
  it('takes over at once and ends the break; two never carry', async () => {
    const world = await new World([{ standby: 1 }]).connected();
    await world.opens(); // the standby's
    await world.pass(MINUTE_MS);
    const [carrier] = world.sockets;

    await world.loses(failureOf('transient'), carrier);

    expect(world.state).toBe('serving.steady');
    expect(world.signalsOf('candidate.changed')).toMatchObject([
      { reason: 'standby', takeoverMs: 0 },
    ]);
    expect(world.signalsOf('connection.reconnected')).toMatchObject([{ downtimeMs: 0 }]);
    expect(world.live.map(({ lane }) => lane)).toEqual([2, 3]);
    expect(world.mostCarrying).toBe(1);
    await world.send({ type: 'session.close' });
    expect(world.clock.pending).toBe(0);
  });

  it('that dies is dialled again by its own connection', async () => {
    const world = await new World([{ standby: 1 }]).connected();
    await world.opens();

    await world.loses(); // the standby's
    await world.pass(1_000);
    await world.opens();

    expect(world.state).toBe('serving.steady');
    expect(world.live.map(({ lane, id }) => [lane, id])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    await world.send({ type: 'session.close' });
  });
});

describe('a planned end over real connections', () => {
  it('is met make-before-break: one carries at every moment, and no break is told', async () => {
    const world = await new World([{ endsAfterMs: 10 * MINUTE_MS }]).connected();

    await world.pass(9 * MINUTE_MS);
    expect(world.live).toHaveLength(2);
    await world.opens();

    expect(world.state).toBe('serving.steady');
    expect(world.live.map(({ lane }) => lane)).toEqual([2]);
    expect(world.mostCarrying).toBe(1);
    expect(world.signals.map(({ type }) => type)).toEqual(['candidate.changed']);
    await world.send({ type: 'session.close' });
  });

  it('is met break-before-make where no second session may stand', async () => {
    const refusing = { endsAfterMs: 10 * MINUTE_MS, makesBeforeBreaks: false };
    const world = await new World([refusing, { provider: 'b', standby: 1 }]).connected();
    await world.opens();

    await world.pass(9 * MINUTE_MS);

    expect(world.state).toBe('serving.troubled');
    expect(world.live.map(({ lane, id }) => [lane, id])).toEqual([
      [2, 1],
      [1, 2],
    ]);
    await world.opens();
    expect(world.state).toBe('serving.steady');
    expect(world.signalsOf('connection.reconnected')).toMatchObject([
      { cause: { kind: 'planned' } },
    ]);
    await world.send({ type: 'session.close' });
    expect(world.live).toEqual([]);
  });
});
