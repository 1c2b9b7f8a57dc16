/** Conversations that begin with a refusal. */
import { Listener } from './listener.ts';
import type { Scene } from './scenes.ts';

export const refusalScenes: readonly Scene[] = [
  {
    name: 'a bearer that is not believed',
    clauses: ['P10.3', 'P16.1'],
    says: 'REFUSED with 4401, and the socket is closed so. The client asks its user for another bearer, and dials at once.',
    options: {
      bearers: ['old', 'new'],
      house: {
        verify: (bearer) => Promise.resolve(bearer === 'old' ? null : { subject: 'ann' }),
      },
    },
    run: async (stage) => {
      await stage.speak(4);
      await stage.finish();
    },
  },
  {
    name: 'a bearer that cannot be checked just now',
    clauses: ['P10.3', 'P11.4', 'P16.4'],
    says: 'REFUSED with 4420 says when to come again: the client waits for that, more or less a fifth.',
    options: { house: { verify: () => verifiedFrom(2) } },
    run: async (stage) => {
      stage.tape.due.set('dial', [900, 1_500]);
      await stage.pass(2_000);
      await stage.speak(3);
      await stage.finish();
    },
  },
  {
    name: 'an application that the gateway has not',
    clauses: ['P10.6', 'P11.4', 'P16.1'],
    says: '4400 with a `why` that the client knows: it gives up, and tells its user why.',
    options: { house: { apps: new Map([['other', new Listener(800)]]) } },
    run: async (stage) => {
      await stage.pass(2_000);
    },
  },
];

let verifications = 0;

/** The verifier's own service answers the second time. */
function verifiedFrom(nth: number): Promise<{ readonly subject: string }> {
  verifications += 1;
  if (verifications % nth !== 0) return Promise.reject(new Error('nobody answers'));
  return Promise.resolve({ subject: 'ann' });
}
