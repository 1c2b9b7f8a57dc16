/** Every test of a session ends quiet: nothing runs, nothing is held. */
import { expect, vi } from 'vitest';

import { SLAB_BYTES, sharedSlabs } from '../../src/audio/slab-pool.ts';
import type { Session } from '../../src/session/session.ts';
import type { FakeTransport } from './fake-transport.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface Quiet {
  readonly clock: VirtualClock;
  readonly transport: FakeTransport;
  readonly session: Session;
}

/** No timer pending, no socket open, no actor running, the status final. */
export function expectQuiet({ clock, transport, session }: Quiet): void {
  expect(transport.live).toHaveLength(0);
  expect(clock.pending).toBe(0);
  expect(session.status).toBe('disconnected');
  expect(session.actor.getSnapshot().status).not.toBe('active');
  expectBalanced(session);
}

/** captured = delivered + gap + buffered, in chunks and in milliseconds. */
export function expectBalanced({ ledger }: Session): void {
  expect(ledger.delivered + ledger.gap + ledger.buffered).toBe(ledger.captured);
  expect(ledger.deliveredMs + ledger.gapMs + ledger.bufferedMs).toBeCloseTo(ledger.capturedMs, 6);
}

/** Counts the slabs that rings hold from now on. */
export function watchSlabs(): { readonly held: number } {
  const taken = vi.spyOn(sharedSlabs, 'take');
  const given = vi.spyOn(sharedSlabs, 'give');

  return {
    get held() {
      const pooled = taken.mock.calls.filter(([sizeBytes]) => sizeBytes <= SLAB_BYTES);
      return pooled.length - given.mock.calls.filter(([slab]) => slab.length === SLAB_BYTES).length;
    },
  };
}
