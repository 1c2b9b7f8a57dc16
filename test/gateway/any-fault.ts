/** Whatever can happen to a client's network and to its gateway. */
import type { Random } from '../../src/ports/random.ts';
import type { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';

export interface Breakable {
  readonly network: SimulatedNetwork;
  readonly random: Random;
  crash(): void;
}

/** One of them, by chance. */
export function breakSomething(world: Breakable): void {
  const { memory } = world.network;
  const faults = [
    () => memory.reset(),
    () => memory.halfOpen(),
    () => memory.stall(500 + world.random.unit() * 9_000),
    () => memory.refuse(200 + world.random.unit() * 6_000),
    () => world.crash(),
    () => {
      memory.refuse(1_500);
      world.crash();
    },
  ];
  faults[Math.floor(world.random.unit() * faults.length)]?.();
}
