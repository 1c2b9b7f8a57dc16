import { describe, expect, it } from 'vitest';

import { InterfaceSignals } from '../../src/network/interfaces.node.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const LOOPBACK = { address: '127.0.0.1', internal: true };

class Machine {
  readonly clock = new VirtualClock(1_000);
  readonly heard: string[] = [];
  addresses: string[];
  sleptMs = 0;
  refuses = false;
  readonly #stop: () => void;

  constructor(...addresses: string[]) {
    this.addresses = addresses;
    const signals = new InterfaceSignals({
      clock: this.clock,
      read: () => {
        if (this.refuses)
          throw new Error('uv_interface_addresses returned Unknown system error 13');
        return {
          lo: [LOOPBACK],
          eth0: this.addresses.map((address) => ({ address, internal: false })),
          down: undefined,
        };
      },
      wallMs: () => this.clock.nowMs() + this.sleptMs,
    });
    this.#stop = signals.subscribe(({ source, says }) => this.heard.push(`${source} ${says}`));
  }

  passesTo(...addresses: string[]): this {
    this.addresses = addresses;
    this.clock.advance(2_000);
    return this;
  }

  stop(): this {
    this.#stop();
    return this;
  }
}

describe('the interfaces of a machine', () => {
  it('say offline when the last address is gone, and online when there is one again', () => {
    const machine = new Machine('192.0.2.7').passesTo().passesTo().passesTo('192.0.2.7').stop();

    expect(machine.heard).toEqual(['interfaces offline', 'interfaces online']);
  });

  it('say changed when an address comes, goes or differs, and not when the order does', () => {
    const machine = new Machine('192.0.2.7')
      .passesTo('192.0.2.7', '2001:db8::7')
      .passesTo('2001:db8::7', '192.0.2.7')
      .passesTo('192.0.2.9')
      .stop();

    expect(machine.heard).toEqual(['interfaces changed', 'interfaces changed']);
  });

  it.each(['169.254.3.4', 'fe80::1', 'FEBF::1'])('are not online by %s alone', (address) => {
    const machine = new Machine('192.0.2.7').passesTo(address).stop();

    expect(machine.heard).toEqual(['interfaces offline']);
  });

  it('say nothing of a machine that only talks to itself', () => {
    const machine = new Machine().passesTo().passesTo().stop();

    expect(machine.heard).toEqual([]);
  });

  it('say nothing while the system refuses to tell', () => {
    const machine = new Machine('192.0.2.7');

    machine.refuses = true;
    machine.passesTo('192.0.2.7');
    machine.refuses = false;
    machine.passesTo('192.0.2.7').stop();

    expect(machine.heard).toEqual([]);
  });

  it('say woke after a sleep of two periods, also where timers slept along', () => {
    const machine = new Machine('192.0.2.7');

    machine.sleptMs = 3_999;
    machine.passesTo('192.0.2.7');
    const before = [...machine.heard];
    machine.sleptMs += 4_000;
    machine.passesTo('192.0.2.9').stop();

    expect(before).toEqual([]);
    expect(machine.heard).toEqual(['interfaces woke', 'interfaces changed']);
  });

  it('are looked at no more when nobody listens', () => {
    const machine = new Machine('192.0.2.7').stop();

    expect(machine.clock.pending).toBe(0);
  });

  it('are the real ones where none are given', () => {
    const clock = new VirtualClock();
    const heard: unknown[] = [];
    const stop = new InterfaceSignals({ clock }).subscribe((signal) => heard.push(signal));

    clock.advance(2_000);
    stop();

    expect(heard).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
