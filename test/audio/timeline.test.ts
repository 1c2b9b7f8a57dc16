import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Timeline } from '../../src/audio/timeline.ts';

describe('timeline', () => {
  it('tells the session position of what was sent without a break', () => {
    const timeline = new Timeline();

    timeline.append(1_000, 100);
    timeline.append(1_100, 100);

    expect(timeline.sent).toBe(200);
    expect([0, 50, 100, 199, 200].map((at) => timeline.positionOf(at))).toEqual([
      1_000, 1_050, 1_100, 1_199, 1_200,
    ]);
  });

  it('jumps over what was left out', () => {
    const timeline = new Timeline();

    timeline.append(0, 100);
    timeline.append(500, 100);

    expect([99, 100, 150, 200].map((at) => timeline.positionOf(at))).toEqual([99, 500, 550, 600]);
  });

  it('remembers no more of a stream than its breaks: a gap, or silence', () => {
    const timeline = new Timeline();
    timeline.insert(100);
    const stretches = [timeline.stretches];

    for (const position of [500, 520, 540]) timeline.append(position, 20);
    stretches.push(timeline.stretches);
    for (const position of [700, 720]) timeline.append(position, 20);
    stretches.push(timeline.stretches);
    timeline.insert(10);
    for (const position of [740, 760]) timeline.append(position, 20);
    stretches.push(timeline.stretches);

    expect(stretches).toEqual([0, 1, 2, 3]);
  });

  it('stands in silence where the audio does that came after it, though a gap was left out', () => {
    const timeline = new Timeline();

    timeline.append(0, 100);
    timeline.insert(50);
    timeline.append(500, 100);

    expect([99, 100, 149, 150].map((at) => timeline.positionOf(at))).toEqual([99, 500, 500, 500]);
  });

  it('stands in the first silence where the first audio does', () => {
    const timeline = new Timeline(400);

    timeline.insert(50);
    timeline.append(500, 100);

    expect([0, 49, 50, 60].map((at) => timeline.positionOf(at))).toEqual([500, 500, 500, 510]);
  });

  it('does not count silence that nobody captured', () => {
    const timeline = new Timeline();

    timeline.append(1_000, 100);
    timeline.insert(40);
    timeline.insert(60);
    timeline.append(1_100, 100);

    expect(timeline.sent).toBe(300);
    expect([99, 100, 139, 140, 199, 200, 250].map((at) => timeline.positionOf(at))).toEqual([
      1_099, 1_100, 1_100, 1_100, 1_100, 1_100, 1_150,
    ]);
  });

  it('stands at the end of the audio while only silence follows', () => {
    const timeline = new Timeline();

    timeline.append(1_000, 100);
    timeline.insert(50);

    expect([100, 120, 150].map((at) => timeline.positionOf(at))).toEqual([1_100, 1_100, 1_100]);
  });

  it('stands where the connection began while it was sent nothing, or only silence', () => {
    const timeline = new Timeline(7_000);

    const before = timeline.positionOf(0);
    timeline.insert(50);
    timeline.insert(50);

    expect(before).toBe(7_000);
    expect([0, 60, 100].map((at) => timeline.positionOf(at))).toEqual([7_000, 7_000, 7_000]);
  });

  it('holds points outside of what was sent to its ends', () => {
    const timeline = new Timeline();
    timeline.append(1_000, 100);

    expect([-5, 101, Infinity, -Infinity].map((at) => timeline.positionOf(at))).toEqual([
      1_000, 1_100, 1_100, 1_000,
    ]);
  });

  it('agrees with a list of every byte, and never turns back', () => {
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom('append', 'jump', 'silence'),
        length: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const timeline = new Timeline(100);
        const positions: (number | null)[] = [];
        let next = 100;
        for (const { kind, length } of plan) {
          if (kind === 'jump') next += 1_000;
          if (kind === 'silence') timeline.insert(length);
          else timeline.append(next, length);
          for (let byte = 0; byte < length; byte += 1) {
            positions.push(kind === 'silence' ? null : next);
            if (kind !== 'silence') next += 1;
          }
        }

        const told = positions.map((_, at) => timeline.positionOf(at));

        for (const [at, position] of positions.entries()) {
          if (position !== null) expect(told[at]).toBe(position);
        }
        expect(told).toEqual([...told].sort((a, b) => a - b));
      }),
    );
  });
});
