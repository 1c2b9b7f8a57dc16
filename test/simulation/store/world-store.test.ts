/** What befalls the store of a world: of faults that overlap each ends with the last of its kind. */
import { describe, expect, it } from 'vitest';

import type { LogStore } from '../../../src/ports/log-store.ts';
import { seededRandom } from '../../../src/ports/random.ts';
import { LogChecks } from '../../../src/simulation/checks/log-checks.ts';
import { Report } from '../../../src/simulation/checks/report.ts';
import { SentContents } from '../../../src/simulation/checks/sent-contents.ts';
import type { StoreFaults } from '../../../src/simulation/nemeses/nemesis.types.ts';
import { SimulatedProcess } from '../../../src/simulation/process.ts';
import type { House } from '../../../src/simulation/world/house.ts';
import { WorldStore } from '../../../src/simulation/world/world-store.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

/** No session's: checks pass it over. */
const LOG = 'a log';

function opened() {
  const clock = new VirtualClock();
  const report = new Report(clock, false);
  const store = new WorldStore({
    clock,
    random: seededRandom(1),
    checks: new LogChecks(report, new SentContents(report)),
    onLost: () => undefined,
    onDamaged: () => undefined,
    takesMs: [1, 1],
  });
  const housed = (name: string) => {
    const process = new SimulatedProcess(name, clock);
    const house = { name, process } as unknown as House;
    return { house, view: store.viewFor(house, process) };
  };
  let after = 0;
  /** What a record of that gateway's comes to within so long. */
  const appends = async (view: LogStore, withinMs = 3_000): Promise<string> => {
    let found = 'open';
    view.append(LOG, new Uint8Array(1), { after, id: `${after}` }).then(
      (outcome) => {
        if (outcome.kind === 'committed') after = outcome.position;
        found = outcome.kind;
      },
      () => (found = 'rejected'),
    );
    await clock.advanceAsync(withinMs);
    return found;
  };
  return { clock, store, appends, one: housed('gateway 1/1'), other: housed('gateway 2/1') };
}

describe('a store that several faults befall', () => {
  it.each<[string, string, (store: StoreFaults, isOn: boolean) => void]>([
    ['out for all', 'unavailable', (store, isOn) => store.outage(null, isOn)],
    ['full', 'unavailable', (store, isOn) => store.full(isOn)],
    ['slow', 'open', (store, isOn) => store.slow(isOn ? 60_000 : -60_000)],
  ])('is %s until the last of them is over', async (_what, outcome, fault) => {
    const { clock, store, appends, one } = opened();

    expect(await appends(one.view)).toBe('committed');
    fault(store, true);
    fault(store, true);
    fault(store, false);
    expect(await appends(one.view)).toBe(outcome);

    await clock.advanceAsync(200_000);
    fault(store, false);
    expect(await appends(one.view)).not.toBe(outcome);
  });

  it('is stale until the last of them is over', async () => {
    const { clock, store, appends, one, other } = opened();
    const seen = async () => {
      const tail = one.view.tail(LOG);
      await clock.advanceAsync(10);
      return (await tail)?.position ?? 0;
    };

    store.stale(true);
    store.stale(true);
    store.stale(false);
    await appends(other.view);
    expect(await seen()).toBe(0);

    store.stale(false);
    expect(await seen()).toBe(1);
  });

  it('is out for one gateway while another one has it, and for both while it is out for all', async () => {
    const { store, appends, one, other } = opened();

    store.outage(one.house, true);
    expect(await appends(one.view)).toBe('unavailable');
    expect(await appends(other.view)).toBe('committed');

    store.outage(null, true);
    store.outage(one.house, false);
    expect(await appends(one.view)).toBe('unavailable');

    store.outage(null, false);
    expect(await appends(one.view)).toBe('committed');
  });
});
