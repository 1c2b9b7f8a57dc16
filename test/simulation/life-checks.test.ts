/** A spool that does not keep its word is told: what was stored and is nowhere, and what had long to be stored. */
import { describe, expect, it } from 'vitest';

import { LifeChecks } from '../../src/simulation/checks/life-checks.ts';
import { Told } from '../../src/simulation/checks/told.ts';
import { captured, CHUNK_MS, toldBy } from './histories.ts';

const CHUNKS = 10;
const STORED = [0, 1, 2, 3, 4, 5];

/** A process is killed with ten chunks, and its spool had to have what came before `sinceMs`. */
function toldOf({ logged = [...STORED], gap = [0, 0], sinceMs = 600 }) {
  return toldBy((report) => {
    const { audio } = captured(0, CHUNKS);
    const lives = new LifeChecks('client 1', audio, report);
    const told = new Told();
    lives.died(STORED, sinceMs);
    audio.goesOn();
    audio.begins(6 * CHUNK_MS * 8);
    for (const chunk of logged) audio.logged(chunk);
    told.gap(gap[0] ?? 0, gap[1] ?? 0, 0);
    lives.closed(told);
  });
}

describe('what a process was killed with', () => {
  it.each([
    ['is in the log, as far as it was stored', {}],
    ['is in the log beyond that', { logged: [...STORED, 6, 7] }],
    ['is told as a gap', { logged: [2, 3, 4, 5], gap: [0, 200] }],
    ['went with it, as it had just come', { sinceMs: 600 }],
  ])('%s', (_, given) => {
    expect(toldOf(given)).toEqual([]);
  });

  it.each([
    ['was stored, and is nowhere', { logged: [0, 1, 2, 3, 4] }],
    ['is told as a gap in part', { logged: [1, 2, 3, 4, 5], gap: [0, 50] }],
    ['went with it, and had long to be stored', { sinceMs: 601 }],
  ])('I21: %s', (_, given) => {
    expect(toldOf(given)).toEqual(['I21']);
  });
});

describe('what is told over several lives', () => {
  it('is told again only where the last life may not have stored that it was', () => {
    const told = new Told();
    told.final(0, 500, 100);
    told.final(500, 900, 200);
    told.unsureSince(200);

    expect(told.final(500, 800, 300)).toBeNull();
    expect(told.final(800, 1_000, 400)).toBeNull();
    expect(told.final(400, 1_200, 500)).toContain('begins at 400 ms');
  });

  it('is a gap again only there, too', () => {
    const told = new Told();
    told.gap(0, 100, 100);
    told.gap(100, 200, 200);
    told.unsureSince(200);

    expect(told.gap(100, 200, 300)).toBeNull();
    expect(told.gap(0, 100, 300)).toContain('told again');
  });
});
