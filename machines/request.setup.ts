/**
 * The vocabulary of the request chart: its actor, guards, actions and delay, each a name that the chart uses.
 *
 * The actor comes in by `.provide()`; the one that stands here only says what it takes.
 */
import { assign, emit, enqueueActions, fromCallback, setup } from 'xstate';
import type { EventObject } from 'xstate';

import { afterFailure, afterFault, endsRequest } from './request.failures.ts';
import {
  afterAnswer,
  afterBar,
  afterBreaker,
  afterChoice,
  afterEnd,
  routeOf,
} from './request.rules.ts';
import type { RequestRoute } from './request.rules.ts';
import { answerSignals, attemptSignal, givenUpSignal } from './request.signals.ts';
import type {
  ExchangeInput,
  RequestContext,
  RequestEvent,
  RequestInput,
  RequestOutput,
  RequestSignal,
} from './request.types.ts';

export const requestSetup = setup({
  types: {
    input: {} as RequestInput,
    output: {} as RequestOutput,
    context: {} as RequestContext,
    events: {} as RequestEvent,
    emitted: {} as RequestSignal,
  },
  actors: {
    exchange: fromCallback<EventObject, ExchangeInput>((): never => {
      throw new Error('the request chart needs this actor by .provide()');
    }),
  },
  delays: {
    wait: ({ context }) => Math.max(0, context.dueAtMs - context.nowMs),
  },
  guards: {
    leadsTo: ({ context }, params: { route: RequestRoute }) => routeOf(context) === params.route,
    endsRequest: ({ event }) => event.type === 'answer.failed' && endsRequest(event),
  },
  actions: {
    choose: assign(({ context }) => afterChoice(context)),
    announceAttempt: enqueueActions(({ context, enqueue }) => {
      if (!context.isAttemptDue) return;
      enqueue.emit(attemptSignal(context));
      enqueue.assign({ isAttemptDue: false });
    }),
    noteDue: assign({ nowMs: ({ context }) => context.dueAtMs }),
    noteBreaker: assign(({ context, event }) =>
      event.type === 'breaker.moved' ? afterBreaker(context, event) : {},
    ),
    noteBar: assign(({ context, event }) =>
      event.type === 'exchange.barred' ? afterBar(context, event) : {},
    ),
    /** What is told is told of the context before the change. */
    noteAnswer: enqueueActions(({ context, event, enqueue }) => {
      const atMs = 'atMs' in event ? event.atMs : context.nowMs;
      for (const signal of answerSignals(context, atMs)) enqueue.emit(signal);
      enqueue.assign(afterAnswer(context, atMs));
    }),
    noteEnd: assign(({ context, event }) =>
      event.type === 'answer.ended' ? afterEnd(context, event.atMs) : {},
    ),
    noteFailure: assign(({ context, event }) =>
      event.type === 'answer.failed' ? afterFailure(context, event) : {},
    ),
    /** Nothing is held against the candidate. */
    noteRefusal: assign({
      failure: ({ event }) => (event.type === 'answer.failed' ? event.failure : null),
    }),
    noteFault: assign(({ context, event }) => afterFault(context, event)),
    announceEnd: emit(({ context }) => givenUpSignal(context)),
  },
});
