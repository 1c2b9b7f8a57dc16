/** What sessions of one process mean for each other, by the breakers and limits that they share. */
import { describe, expect, it } from 'vitest';

import { LadderWorld } from './ladder-world.ts';
import type { LadderCandidate } from './ladder-world.ts';
import type { Failure } from '../../machines/failure.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { Admission } from '../../src/session/admission/admission.ts';
import { candidateKey } from '../../src/session/admission/candidate-key.ts';

const TWO: readonly LadderCandidate[] = [{ name: 'a' }, { name: 'b' }];
const KEY_OF_A = candidateKey({ provider: 'a', region: '', keyId: 'default' });
const RESET: Failure = { kind: 'transient', code: '1006', detail: '' };

/** Others have found it dead. */
function openBreaker({ breakers }: Admission, atMs: number): void {
  for (let failures = 0; failures < 5; failures += 1) {
    breakers.tell(KEY_OF_A, { type: 'dial.failed', failure: RESET, isLast: false, atMs });
  }
}

describe('sessions that share a breaker', () => {
  it('send one probe between them when its time is over', async () => {
    const admission = createAdmission();
    const worlds = [0, 1, 2].map(() => new LadderWorld(TWO, { admission }));
    for (const world of worlds) await world.connect();
    openBreaker(admission, 1_100);
    for (const world of worlds) await world.pass(70_000);
    for (const world of worlds) world.network(0).outcome = () => 'hangs';

    for (const world of worlds) world.pause(world.network(1).last);
    for (const world of worlds) await world.pass(100);

    expect(worlds.map((world) => world.network(0).live.length)).toEqual([1, 0, 0]);
    expect(worlds.map(({ session }) => session.status)).toEqual(['active', 'active', 'active']);
    for (const world of worlds) await world.close();
    expect(admission.slots.size).toBe(0);
  });

  it('leave a probe to whoever made it when another one ends', async () => {
    const admission = createAdmission();
    const bystander = await new LadderWorld([{ name: 'a' }], { admission }).connect();
    const prober = await new LadderWorld(TWO, { admission }).connect();
    openBreaker(admission, 1_100);
    await prober.pass(70_000);
    prober.network(0).outcome = () => 'hangs';
    prober.pause(prober.network(1).last);
    await prober.pass(100);

    await bystander.close();

    expect(admission.breakers.stateOf(KEY_OF_A).state).toBe('halfOpen');
    expect(admission.breakers.mayDial(KEY_OF_A, prober.clock.nowMs())).toBe(false);
    await prober.close();
    expect(admission.breakers.mayDial(KEY_OF_A, prober.clock.nowMs())).toBe(true);
  });
});

describe('a breaker', () => {
  it('stays closed where every candidate shares it: the last is never barred', async () => {
    const world = await new LadderWorld([{ name: 'a' }, { name: 'a' }]).connect();

    for (let times = 0; times < 8; times += 1) {
      world.kill(0);
      world.kill(1);
      await world.pass(5_000);
    }

    expect(world.admission.breakers.stateOf(KEY_OF_A).state).toBe('closed');
    await world.close();
  });

  it('is not moved by a credential that does not come: that tells nothing of the service', async () => {
    const admission = createAdmission();
    for (let times = 0; times < 6; times += 1) {
      const world = new LadderWorld(
        [{ name: 'a', askCredential: () => Promise.reject(new Error('no token')) }, { name: 'b' }],
        { admission },
      );
      await world.connect();
      await world.close();
    }

    const { size } = admission.breakers;

    expect(size).toBe(0);
  });
});

/** A voice with 20 ms between its syllables, so that it is never taken for noise. */
async function talk(world: LadderWorld, ms: number): Promise<void> {
  const chunk = Int16Array.from({ length: 1_600 }, (_, at) =>
    at < 320 ? 0 : 8_000 * Math.sin(at),
  );
  for (let spokenMs = 0; spokenMs < ms; spokenMs += 100) {
    world.session.write(chunk);
    await world.pass(100);
  }
}

describe('a stall', () => {
  it('is found although a standby comes and goes', async () => {
    const world = await new LadderWorld([{ name: 'a', standby: 1 }, { name: 'b' }]).connect();
    const [carrier] = world.network(0).live;

    for (let times = 0; times < 4; times += 1) {
      await talk(world, 2_000);
      for (const socket of world.network(0).live) if (socket !== carrier) socket.end(1006, '');
    }

    expect(world.admission.breakers.snapshotOf(KEY_OF_A).context.stallsInARow).toBe(1);
    await world.close();
  });
});
