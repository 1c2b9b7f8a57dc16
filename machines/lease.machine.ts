/**
 * Lease: may this client come back?
 *
 * A session outlives its client for the grace. A gateway has thousands of them, so no actor runs here and no timer: the
 * chart is stepped by `transition()`, and its deadline is data that somebody looks at now and then.
 *
 * Chart: visualizations/charts/lease.svg
 */
import { assign, setup } from 'xstate';

export interface LeaseInput {
  /** How long the session outlives its client. */
  readonly graceMs: number;
  readonly atMs: number;
}

export interface LeaseContext {
  readonly graceMs: number;
  /** Null while a client is there. */
  readonly expiresAtMs: number | null;
  /** How often a client came. */
  readonly attachments: number;
}

export type LeaseEvent =
  | { readonly type: 'client.attached'; readonly atMs: number }
  | { readonly type: 'client.detached'; readonly atMs: number }
  /** Somebody looked at the time. */
  | { readonly type: 'time.passed'; readonly atMs: number }
  /** Everything was said: the client, or the application, ended the session. */
  | { readonly type: 'session.ended'; readonly atMs: number }
  /** Another gateway owns the session: here it is over, and there it goes on. */
  | { readonly type: 'owner.fenced'; readonly atMs: number };

export const leaseMachine = setup({
  types: {
    input: {} as LeaseInput,
    context: {} as LeaseContext,
    events: {} as LeaseEvent,
  },
  guards: {
    isGraceOver: ({ context, event }) =>
      context.expiresAtMs !== null && event.atMs >= context.expiresAtMs,
  },
  actions: {
    noteAttached: assign({
      expiresAtMs: null,
      attachments: ({ context }) => context.attachments + 1,
    }),
    startGrace: assign({ expiresAtMs: ({ context, event }) => event.atMs + context.graceMs }),
  },
}).createMachine({
  id: 'lease',
  context: ({ input }) => ({
    graceMs: input.graceMs,
    expiresAtMs: input.atMs + input.graceMs,
    attachments: 0,
  }),
  initial: 'detached',
  on: {
    'session.ended': { target: '.closed', description: 'Nothing is owed to the client any more.' },
    'owner.fenced': { target: '.fenced', description: 'Another gateway has the session.' },
  },
  states: {
    detached: {
      description: 'Nobody is there. What comes of the audio is kept until the grace is over.',
      on: {
        'client.attached': { target: 'attached', actions: 'noteAttached' },
        'time.passed': { guard: 'isGraceOver', target: 'expired' },
      },
    },
    attached: {
      description: 'The client is there: one socket, the newest.',
      on: {
        'client.attached': {
          actions: 'noteAttached',
          description: 'A newer socket of the same client takes the place of the older.',
        },
        'client.detached': { target: 'detached', actions: 'startGrace' },
      },
    },
    expired: {
      description: 'The grace is over. The log says so, and through where it was committed.',
      type: 'final',
    },
    closed: { description: 'Ended on purpose, with everything handled.', type: 'final' },
    fenced: { description: 'Over here; it goes on elsewhere.', type: 'final' },
  },
});
