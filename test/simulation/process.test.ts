import { describe, expect, it } from 'vitest';

import { dialFor } from '../../src/simulation/process-socket.ts';
import { SimulatedProcess } from '../../src/simulation/process.ts';
import { ClientClock } from '../../src/simulation/services/client-side.ts';
import { MemoryTransport } from '../../src/testing/memory-transport.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function opened() {
  const clock = new VirtualClock();
  const process = new SimulatedProcess('client 1', clock);
  const did: string[] = [];
  return { clock, process, did, does: (what: string) => () => void did.push(what) };
}

describe('a simulated process', () => {
  it('does nothing while it is frozen, and then all of it, in order', () => {
    const { clock, process, did, does } = opened();
    process.setTimeout(does('timer'), 100);
    process.freeze();
    process.run(does('frame'));

    clock.advance(1_000);
    expect(did).toEqual([]);

    process.thaw();
    process.run(does('later'));
    clock.advance(0);
    expect(did).toEqual(['frame', 'timer', 'later']);
  });

  it('goes on when all who froze it have let go', () => {
    const { clock, process, did, does } = opened();
    process.freeze();
    process.freeze();
    process.run(does('frame'));

    process.thaw();
    clock.advance(1);
    expect(did).toEqual([]);

    process.thaw();
    clock.advance(0);
    expect(did).toEqual(['frame']);
  });

  it('does nothing any more once it was killed, and leaves no timer', () => {
    const { clock, process, did, does } = opened();
    process.setTimeout(does('timer'), 100);

    process.kill();
    process.run(does('frame'));
    process.setTimeout(does('other timer'), 1);
    clock.advance(1_000);

    expect(did).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('rings at whole minutes only while it is throttled', () => {
    const { clock, process, did, does } = opened();
    process.throttle(60_000);
    process.setTimeout(does('timer'), 100);

    clock.advance(59_999);
    expect(did).toEqual([]);

    clock.advance(1);
    expect(did).toEqual(['timer']);
  });

  it('is throttled, and its clock goes wrong, until the last fault that has it so is over', () => {
    const { clock, process, did, does } = opened();
    const [throttled, throttledToo] = [process.throttle(60_000), process.throttle(60_000)];
    const [skewed, skewedToo] = [process.skew(1.25), process.skew(1.25)];

    throttled();
    skewed();
    process.setTimeout(does('throttled'), 100);
    clock.advance(59_999);
    expect(did).toEqual([]);
    expect(process.nowMs()).toBe(59_999 * 1.25);

    throttledToo();
    skewedToo();
    process.setTimeout(does('timer'), 100);
    clock.advance(100);
    expect(did).toEqual(['throttled', 'timer']);
    expect(process.nowMs()).toBe(60_099 + 59_999 * 0.25);
  });

  it('has a clock that goes wrong from then on, and its timers with it', () => {
    const { clock, process, did, does } = opened();
    clock.advance(1_000);
    process.skew(1.25);
    process.setTimeout(does('timer'), 1_000);

    clock.advance(799);
    expect(did).toEqual([]);

    clock.advance(1);
    expect(did).toEqual(['timer']);
    expect(process.nowMs()).toBe(2_000);
  });
});

describe('a process that stands still', () => {
  it.each([
    ['of gateways', (clock: VirtualClock) => new SimulatedProcess('client 1', clock)],
    ['of services', (clock: VirtualClock) => new ClientClock(clock)],
  ])('has frames %s as they came, whoever writes over their bytes meanwhile', (_, make) => {
    const clock = new VirtualClock();
    const process = make(clock);
    const network = new MemoryTransport({ clock });
    const heard: unknown[] = [];
    const nothing = (): void => undefined;
    const onFrame = (frame: unknown): void => void heard.push(frame);
    const handlers = {
      onOpen: nothing,
      onFrame,
      onPong: nothing,
      onDrain: nothing,
      onEnd: nothing,
    };
    dialFor(process, handlers, (held) => network.dial({ url: 'ws://a', timeoutMs: 1_000 }, held));
    clock.advance(100);
    const bytes = new Uint8Array([1]);

    process.freeze();
    network.last.say(bytes);
    bytes[0] = 2;
    process.thaw();
    network.last.say(bytes);
    bytes[0] = 3;
    clock.advance(100);

    expect(heard).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
  });
});
