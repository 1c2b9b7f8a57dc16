import { describe, expect, it } from 'vitest';

import { DownAcks } from '../../src/resumable-websocket/down-acks.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function counted() {
  const clock = new VirtualClock();
  const facts = { clock, sent: 0 };
  const acks = new DownAcks(clock, () => (facts.sent += 1));
  return { facts, clock, acks };
}

describe('what a client was sent', () => {
  it('P13.3: is acknowledged after sixteen frames', () => {
    const { facts, acks, clock } = counted();

    for (let frame = 1; frame < 16; frame += 1) acks.owe();
    const before = facts.sent;
    acks.owe();
    const after = facts.sent;

    expect([before, after]).toEqual([0, 1]);
    expect(clock.pending).toBe(0);
  });

  it('P13.7: is acknowledged after 128 KiB, before the gateway takes it for neglect', () => {
    const { facts, acks, clock } = counted();

    acks.owe(65_000);
    acks.owe(65_000);
    const before = facts.sent;
    acks.owe(65_000);

    expect([before, facts.sent]).toEqual([0, 1]);
    expect(clock.pending).toBe(0);
  });

  it('P13.3: is acknowledged within a second of the first, once for all that came', () => {
    const { facts, acks, clock } = counted();

    acks.owe();
    clock.advance(50);
    acks.owe();
    clock.advance(950);

    expect(facts.sent).toBe(1);
    expect(clock.pending).toBe(0);
  });
});
