/** The network chart on a clock of its own, with all that it tells. */
import { createActor } from 'xstate';

import { networkMachine } from '../../machines/network.machine.ts';
import type { NetworkJudgement, NetworkSignalled } from '../../machines/network.types.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

export class NetworkWorld {
  readonly clock = new VirtualClock(50_000);
  readonly told: NetworkJudgement[] = [];
  readonly actor = createActor(networkMachine, { clock: this.clock });

  constructor() {
    this.actor.on('*', (judgement) => this.told.push(judgement));
    this.actor.start();
  }

  get state(): string {
    return this.actor.getSnapshot().value;
  }

  get nowMs(): number {
    return this.clock.nowMs();
  }

  says(says: NetworkSignalled['says'], source = 'navigator'): this {
    this.actor.send({ type: 'network.signalled', source, says, atMs: this.nowMs });
    return this;
  }

  traffic(): this {
    this.actor.send({ type: 'traffic.seen', atMs: this.nowMs });
    return this;
  }

  woke(): this {
    this.actor.send({ type: 'machine.woke', atMs: this.nowMs });
    return this;
  }

  pass(ms: number): this {
    this.clock.advance(ms);
    return this;
  }
}

/** How to get into each state. */
export const networkWays: Readonly<Record<string, (world: NetworkWorld) => void>> = {
  online: () => undefined,
  doubtful: (world) => world.says('offline'),
  offline: (world) => world.says('offline').says('offline', 'interfaces'),
  returning: (world) =>
    world.says('offline').says('offline', 'interfaces').pass(100).says('online'),
};
