/** The renewal chart at work: what whoever was asked gave goes to the service, and to nobody else. */
import type { InspectionEvent } from 'xstate';
import { describe, expect, it } from 'vitest';

import type { Failure } from '../../machines/failure.ts';
import { Renewal } from '../../src/session/renewal.ts';
import type { RenewalHost } from '../../src/session/renewal.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const KEY = 'a key that nobody may see';

class Host implements RenewalHost {
  readonly clock = new VirtualClock(1_000);
  readonly brought: unknown[] = [];
  readonly missed: Failure[] = [];
  readonly seen: InspectionEvent[] = [];
  asked = 0;
  answer: () => Promise<string | null> = () => Promise.resolve(KEY);
  readonly inspect = (event: InspectionEvent): void => void this.seen.push(event);
  readonly renewal = new Renewal(this);

  newCredential(): Promise<string | null> {
    this.asked += 1;
    return this.answer();
  }

  bring(frame: unknown): void {
    this.brought.push(frame);
  }

  onMissed(failure: Failure): void {
    this.missed.push(failure);
  }
}

describe('a link’s renewal', () => {
  it('has no actor and no timer before its service says that the credential ends', () => {
    const host = new Host();

    expect([host.clock.pending, host.seen.length]).toEqual([0, 0]);
    host.renewal.stop();
  });

  it('brings what came to the service, once, and shows it to no inspector', async () => {
    const host = new Host();
    host.renewal.endsIn(20_000);

    await host.clock.advanceAsync(60_000);
    host.renewal.stop();

    expect(host.brought).toEqual([KEY]);
    expect(host.missed).toEqual([]);
    expect(host.seen.length).toBeGreaterThan(0);
    const shown = host.seen.map((each) => [
      'event' in each ? each.event : null,
      'snapshot' in each ? each.snapshot : null,
    ]);
    expect(JSON.stringify(shown)).not.toContain(KEY);
  });

  it.each([
    ['the issuer is away', () => Promise.reject(new Error('the issuer is away'))],
    ['there is nobody to ask for another', () => Promise.resolve(null)],
  ])('tells why none came: %s', async (detail, answer) => {
    const host = new Host();
    host.answer = answer;
    host.renewal.endsIn(20_000);

    await host.clock.advanceAsync(10_000);
    host.renewal.stop();

    expect(host.missed).toEqual([{ kind: 'auth', code: 'credential', detail }]);
    const shown = host.seen.flatMap((each) => ('event' in each ? [each.event] : []));
    expect(shown.length).toBeGreaterThan(0);
    expect(JSON.stringify(shown)).not.toContain(detail);
  });

  it('does not bring one that comes too late, but the one that was asked for after it', async () => {
    const host = new Host();
    let give = (_: string): void => undefined;
    host.answer = () => new Promise((resolve) => (give = resolve));
    host.renewal.endsIn(20_000);

    await host.clock.advanceAsync(20_000);
    host.answer = () => Promise.resolve('the newer');
    give('the older');
    await host.clock.advanceAsync(5_000);
    host.renewal.stop();

    const detail = 'it did not come in time';
    expect(host.missed).toEqual([{ kind: 'auth', code: 'credential', detail }]);
    expect(host.brought).toEqual(['the newer']);
  });

  it('asks nobody once it was stopped, whatever the service says then', async () => {
    const host = new Host();
    host.renewal.endsIn(20_000);

    host.renewal.stop();
    host.renewal.endsIn(20_000);
    await host.clock.advanceAsync(60_000);

    expect([host.asked, host.clock.pending]).toEqual([0, 0]);
  });

  it('brings nothing to a link that was let go while it was asked', async () => {
    const host = new Host();
    let give = (_: string): void => undefined;
    host.answer = () => new Promise((resolve) => (give = resolve));
    host.renewal.endsIn(20_000);
    await host.clock.advanceAsync(10_000);

    host.renewal.stop();
    give(KEY);
    await host.clock.advanceAsync(30_000);

    expect([host.brought, host.missed, host.clock.pending]).toEqual([[], [], 0]);
  });
});
