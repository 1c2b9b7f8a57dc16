/** Which of a lease's states are its end. */
import { describe, expect, it } from 'vitest';

import { leaseMachine } from '../../machines/lease.machine.ts';

describe('a lease', () => {
  it.each(['forgotten', 'over', 'givenUp', 'fenced', 'lost', 'left'] as const)(
    'is over for good once %s',
    (state) => {
      expect(leaseMachine.root.states[state]?.type).toBe('final');
    },
  );
});
