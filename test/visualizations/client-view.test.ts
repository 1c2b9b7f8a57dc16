/** What the demonstration counts of each side's chunks. */
import { expect, it } from 'vitest';

import { ClientView } from '../../visualizations/demo/state.ts';

it('counts what became of each chunk as soon as it is looked at, to the very last', () => {
  const view = new ClientView();
  const seen: unknown[] = [];
  const leave = view.counts.subscribe((counts) => seen.push(counts));

  view.book.value.capture('sent');
  view.book.value.capture('sent');
  view.look();
  view.book.value.settle(2);
  view.look();
  view.look();
  leave();

  expect(seen).toMatchObject([
    { sent: 0, committed: 0 },
    { sent: 2, committed: 0 },
    { sent: 0, committed: 2 },
  ]);
});

it('counts anew what is said anew', () => {
  const view = new ClientView();
  view.book.value.capture('sent');
  view.look();
  view.note.value = 'something';

  view.reset();

  expect(view.counts.value.sent).toBe(0);
  expect(view.note.value).toBe('');
});
