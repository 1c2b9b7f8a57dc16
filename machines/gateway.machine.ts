/**
 * Gateway: may new work come in?
 *
 * A gateway that is told to go sends its clients elsewhere, a few at a time, keeps what it has accepted until they have
 * gone, and stops when the last one has or the time is up.
 *
 * Chart: visualizations/charts/gateway.svg
 */
import { assign, emit, setup } from 'xstate';

export interface GatewayInput {
  /** How long a drain may take. */
  readonly drainMs: number;
}

export interface GatewayContext {
  readonly drainMs: number;
  readonly sessions: number;
  readonly endsAtMs: number | null;
}

export type GatewayEvent =
  | { readonly type: 'session.opened' }
  | { readonly type: 'session.gone' }
  /** SIGTERM, or an operator: clients are asked to go. */
  | { readonly type: 'gateway.drain'; readonly atMs: number }
  /** At once, with whoever is there. */
  | { readonly type: 'gateway.stop' };

export type GatewaySignal =
  | { readonly type: 'gateway.draining'; readonly endsAtMs: number }
  /** Whoever is left is let go of. */
  | { readonly type: 'gateway.stopped'; readonly sessionsLeft: number };

export const gatewayMachine = setup({
  types: {
    input: {} as GatewayInput,
    context: {} as GatewayContext,
    events: {} as GatewayEvent,
    emitted: {} as GatewaySignal,
  },
  delays: { drainDeadline: ({ context }) => context.drainMs },
  guards: { isEmpty: ({ context }) => context.sessions === 0 },
  actions: {
    countIn: assign({ sessions: ({ context }) => context.sessions + 1 }),
    countOut: assign({ sessions: ({ context }) => Math.max(0, context.sessions - 1) }),
    noteDeadline: assign({
      endsAtMs: ({ context, event }) =>
        event.type === 'gateway.drain' ? event.atMs + context.drainMs : context.endsAtMs,
    }),
    tellDraining: emit(({ context }) => ({
      type: 'gateway.draining' as const,
      endsAtMs: context.endsAtMs ?? 0,
    })),
    tellStopped: emit(({ context }) => ({
      type: 'gateway.stopped' as const,
      sessionsLeft: context.sessions,
    })),
  },
}).createMachine({
  id: 'gateway',
  context: ({ input }) => ({ drainMs: input.drainMs, sessions: 0, endsAtMs: null }),
  initial: 'accepting',
  on: {
    'session.gone': { actions: 'countOut' },
    'gateway.stop': { target: '.stopped', description: 'Nobody is waited for.' },
  },
  states: {
    accepting: {
      description: 'New clients are let in, and old ones come back.',
      on: {
        'session.opened': { actions: 'countIn' },
        'gateway.drain': { target: 'draining', actions: ['noteDeadline', 'tellDraining'] },
      },
    },
    draining: {
      description:
        'Nobody is let in. Clients are asked to go; what they sent is kept and committed.',
      always: { guard: 'isEmpty', target: 'stopped' },
      after: { drainDeadline: 'stopped' },
    },
    stopped: {
      description: 'Who was left was let go of; their sessions stay in the log.',
      type: 'final',
      entry: 'tellStopped',
    },
  },
});
