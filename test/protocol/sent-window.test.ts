import { describe, expect, it } from 'vitest';

import { SentWindow } from '../../src/protocol/sent-window.ts';

describe('what a client has on its way', () => {
  it('P13.4 is 512 KiB, and the frame that it had begun', () => {
    const window = new SentWindow();

    let sent = 0;
    for (; window.hasRoom; sent += 1) window.add(sent + 1, 60_000);
    window.committed(0);
    const stays = window.hasRoom;
    window.committed(1);
    const goesOn = window.hasRoom;

    expect(sent).toBe(9);
    expect([stays, goesOn]).toEqual([false, true]);
  });

  it('holds no more than what is on its way, for as long as it goes on', () => {
    const window = new SentWindow();

    for (let seq = 1; seq <= 100_000; seq += 1) {
      window.add(seq, 5_000);
      if (seq > 100) window.committed(seq - 100);
    }
    const before = window.hasRoom;
    window.committed(100_000);

    expect([before, window.hasRoom]).toEqual([true, true]);
  });
});
