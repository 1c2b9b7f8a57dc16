import { expect, test } from 'vitest';

import { Looks } from '../../src/gateway/looks.ts';
import type { Looked } from '../../src/gateway/looks.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

class Noting implements Looked {
  lookAtMs = 0;
  place = -1;
  readonly lookedAtMs: number[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  look(): void {
    this.lookedAtMs.push(this.#clock.nowMs());
  }
}

test('each is looked at once, when its time has come, in whatever order they were added', () => {
  const clock = new VirtualClock();
  const looks = new Looks(clock);
  const random = seededRandom(3);
  const all = Array.from({ length: 200 }, () => new Noting(clock));
  const dueAtMs = all.map(() => Math.ceil(random.unit() * 5_000));

  all.forEach((looked, at) => {
    looks.add(looked, dueAtMs[at] ?? 0);
  });
  clock.advance(6_000);

  expect(all.map(({ lookedAtMs }) => lookedAtMs)).toEqual(dueAtMs.map((atMs) => [atMs]));
});

test('who is removed is not looked at, and who is put off is looked at then', () => {
  const clock = new VirtualClock();
  const looks = new Looks(clock);
  const all = Array.from({ length: 60 }, () => new Noting(clock));
  all.forEach((looked, at) => {
    looks.add(looked, 100 + ((at * 37) % 60));
  });

  for (const looked of all.slice(0, 20)) looks.remove(looked);
  for (const looked of all.slice(20, 40)) looks.add(looked, 500);
  clock.advance(400);
  const early = all.map(({ lookedAtMs }) => lookedAtMs.length);
  clock.advance(400);

  expect(early).toEqual([...Array<number>(40).fill(0), ...Array<number>(20).fill(1)]);
  expect(all.slice(0, 20).flatMap(({ lookedAtMs }) => lookedAtMs)).toEqual([]);
  expect(all.slice(20, 40).flatMap(({ lookedAtMs }) => lookedAtMs)).toEqual(
    Array<number>(20).fill(500),
  );
});

test('where all is cleared, no timer is left', () => {
  const clock = new VirtualClock();
  const looks = new Looks(clock);
  const looked = new Noting(clock);
  looks.add(looked, 100);

  looks.clear();
  clock.advance(200);

  expect(looked.lookedAtMs).toEqual([]);
  expect(looked.place).toBe(-1);
});
