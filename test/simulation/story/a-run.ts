/** A run as a story: two clients, two gateways, a store; a gateway dies, and something is lost. */
import type { Told } from '../../../src/simulation/story/moments.ts';
import type { Fault, TraceEntry, Violation } from '../../../src/simulation/simulation.types.ts';

const faults: readonly Fault[] = [
  { kind: 'gatewayCrash', atMs: 10_000, forMs: 2_500, on: 1 },
  { kind: 'storeSlow', atMs: 11_000, forMs: 500 },
];

export const violation: Violation = {
  invariant: 'I3',
  atMs: 13_100,
  message: 'client 1 was told that 119 is kept, and the log ends with 117',
};

export function aRun(given: Partial<Told> = {}): Told {
  return {
    seed: 41,
    world: 'gateways',
    faults,
    violations: [violation],
    trace: traceOf(),
    ...given,
  };
}

function traceOf(): readonly TraceEntry[] {
  const trace: TraceEntry[] = [
    { atMs: 0, who: 'client 1', what: 'connecting', state: 'connecting' },
    { atMs: 20, who: 'client 1', to: 'gateway 2', what: 'HELLO <new> & "first"' },
    { atMs: 41, who: 'gateway 2', to: 'client 1', what: 'WELCOME up 0' },
    { atMs: 41, who: 'client 1', what: 'active', state: 'active' },
  ];
  for (let chunk = 1; chunk <= 98; chunk += 1) {
    const atMs = 100 * chunk;
    trace.push({ atMs, who: 'client 1', to: 'gateway 2', what: `chunk ${chunk}` });
    if (chunk % 2 === 0) {
      trace.push({ atMs: atMs + 30, who: 'gateway 2', to: 'client 1', what: `ACK ${chunk}` });
    }
  }
  trace.push(
    { atMs: 10_000, who: 'fault', to: 'gateway 2', what: 'gatewayCrash for 2.5 s' },
    { atMs: 10_001, who: 'client 1', what: 'socket closed 1006' },
    { atMs: 10_001, who: 'client 1', what: 'link.lost', state: 'reconnecting.backingOff' },
    { atMs: 11_000, who: 'fault', to: 'all', what: 'storeSlow for 0.5 s' },
    { atMs: 13_000, who: 'client 1', to: 'gateway 1', what: 'HELLO resume' },
    { atMs: 13_080, who: 'gateway 1', to: 'store', what: 'read the tail' },
    { atMs: 13_100, who: 'gateway 1', to: 'client 1', what: 'WELCOME up 117' },
    { atMs: 13_100, who: 'checker', what: 'I3: told by the checker' },
    { atMs: 13_300, who: 'client 1', what: 'active', state: 'active' },
  );
  return trace;
}
