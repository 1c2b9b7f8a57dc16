/** Who may dial, across the sessions of a process. */
import { Breakers } from './breakers.ts';
import { DialSlots } from './dial-slots.ts';

export interface Admission {
  readonly breakers: Breakers;
  readonly slots: DialSlots;
}

export function createAdmission(): Admission {
  return { breakers: new Breakers(), slots: new DialSlots() };
}

/** What the sessions of this process share, unless they are given another: services see the process, not the session. */
export const sharedAdmission: Admission = createAdmission();
