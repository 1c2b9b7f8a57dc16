import { describe, expect, it } from 'vitest';

import { ClientRate } from '../../../src/gateway/admission/client-rate.ts';
import { addressKey, networkKey } from '../../../src/gateway/admission/networks.ts';
import { Places } from '../../../src/gateway/admission/places.ts';
import { rivalWaitMs, takenAtMsFor } from '../../../src/gateway/admission/rivals.ts';
import { TokenBuckets } from '../../../src/gateway/admission/token-buckets.ts';
import { Unhandled } from '../../../src/gateway/admission/unhandled.ts';
import type { SessionCard } from '../../../src/gateway/card.ts';
import { limitsOf } from '../../../src/gateway/admission/limits.ts';

describe('a bucket', () => {
  it('lets as many through at once as a minute has, and then one after the other', () => {
    const buckets = new TokenBuckets(20);

    const first = Array.from({ length: 20 }, () => buckets.take('ann', 0));
    const beyond = buckets.take('ann', 0);
    const early = buckets.take('ann', 2_999);
    const inTime = buckets.take('ann', 3_000);

    expect(first).toEqual(Array(20).fill(0));
    expect([beyond, early, inTime]).toEqual([3_000, 1, 0]);
  });

  it('is each key’s own', () => {
    const buckets = new TokenBuckets(1);
    buckets.take('ann', 0);

    expect(buckets.take('bob', 0)).toBe(0);
  });

  it('holds no more keys than it was told', () => {
    const buckets = new TokenBuckets(1, 3);

    for (const key of ['a', 'b', 'c', 'd', 'e']) buckets.take(key, 0);

    expect(buckets.size).toBe(3);
    expect(buckets.take('e', 0)).toBeGreaterThan(0);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.77', '192.0.2.77', '192.0.2'],
    ['::ffff:192.0.2.77', '192.0.2.77', '192.0.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0:0::/64'],
  ])('%s is counted as one visitor, and as one of its network', (address, key, network) => {
    expect([addressKey(address), networkKey(address)]).toEqual([key, network]);
  });
});

describe('places', () => {
  it('are denied beyond the own ones, and beyond all', () => {
    const places = new Places(2, 3);
    places.take('ann');
    const leave = places.take('ann');

    const own = places.denial('ann');
    places.take('bob');
    const all = places.denial('cid');
    leave();
    leave();
    const again = places.denial('ann');

    expect([own, all, again, places.taken]).toEqual(['own', 'all', null, 2]);
  });
});

/** A card that four had, one after the other. */
function afterRivals(fromMs = 0) {
  const insts = ['b', 'a', 'b'];
  return insts.reduce<Pick<SessionCard, 'inst' | 'takenAtMs'>>(
    (card, inst, at) => ({ inst, takenAtMs: takenAtMsFor(card, inst, fromMs + (at + 1) * 100) }),
    { inst: 'a' },
  );
}

describe('rivals', () => {
  it('take a session from each other three times in ten seconds, and not a fourth', () => {
    const card = afterRivals();
    const waitMs = (inst: string, nowMs: number) => rivalWaitMs(card, inst, nowMs, 3);

    expect(waitMs('a', 400)).toBe(9_700);
    expect(waitMs('b', 400)).toBe(0); // whose it is
    expect(waitMs('a', 10_099)).toBe(1);
    expect(waitMs('a', 10_100)).toBe(0);
  });

  it('are not held to a clock that was wrong', () => {
    expect(rivalWaitMs(afterRivals(3_600_000), 'a', 400, 3)).toBe(0);
  });

  it('wait ten seconds at the most, by a gateway whose clock is nine behind', () => {
    const aheadMs = 9_000;

    expect(rivalWaitMs(afterRivals(aheadMs), 'a', 400, 3)).toBe(10_000);
  });

  it('are counted in the order of time where one gateway’s clock is nine seconds ahead', () => {
    const card = { inst: 'b', takenAtMs: [9_100, 200, 300, 400] };

    expect(rivalWaitMs(card, 'a', 500, 3)).toBe(9_800);
  });

  it('leave no word in the card of a session that was nobody else’s lately', () => {
    expect(takenAtMsFor({ inst: 'a' }, 'a', 0)).toBeUndefined();
    expect(takenAtMsFor(afterRivals(), 'b', 20_000)).toBeUndefined();
  });
});

describe('a client’s rate', () => {
  const limits = { framesPerS: 200, bytesPerS: 196_608 };

  it('has room for a resend at once, and then for what is usual', () => {
    const rate = new ClientRate(limits, 640, 0);

    const atFirst = rate.allowance(0);
    for (let sent = 0; sent < 600; sent += 1) rate.take(640, 0);

    expect(atFirst).toBe(600);
    expect(rate.allowance(0)).toBe(0);
    expect(rate.allowance(1_000)).toBe(200);
    expect(rate.isFull(2_999)).toBe(false);
    expect(rate.isFull(3_000)).toBe(true);
  });

  it('counts bytes where frames are large', () => {
    const rate = new ClientRate(limits, 640, 0);

    rate.take(65_536, 0);

    expect(rate.allowance(0)).toBe(8); // of 65,536 bytes in 524,288
  });

  it('bears a whole ring at once, and no more', () => {
    const rate = new ClientRate(limits, 640, 0);

    const ring = Array.from({ length: 64 }, () => rate.take(65_536, 0));
    const more = Array.from({ length: 20 }, () => rate.take(65_536, 0));

    expect(ring.every(Boolean)).toBe(true);
    expect(more.at(-1)).toBe(false);
  });

  it('is none where there is none', () => {
    const rate = new ClientRate({ framesPerS: Infinity, bytesPerS: Infinity }, 640, 0);

    for (let sent = 0; sent < 5_000; sent += 1) rate.take(65_536, 0);

    expect([rate.allowance(0), rate.isFull(0)]).toEqual([Infinity, true]);
  });
});

describe('what is not handled', () => {
  it('is too much beyond the limit, and no more once enough of it was handled', () => {
    const unhandled = new Unhandled(200_000);

    for (let seq = 1; seq <= 4; seq += 1) unhandled.add(seq, 60_000);
    const before = unhandled.isTooMuch;
    unhandled.drop(1);

    expect([before, unhandled.isTooMuch]).toEqual([true, false]);
  });
});

describe('limits', () => {
  it('are refused where they are none', () => {
    const wrong = [{ sessionsPerPrincipal: 0 }, { framesPerS: NaN }, { sesions: 3 }];

    for (const given of wrong) {
      expect(() => limitsOf(given)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
  });
});
