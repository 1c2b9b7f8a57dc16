/** What can happen to an answer that was refused, by the names of its chart. */
import type { Failure } from '../../../../machines/failure.ts';
import type { replyMachine } from '../../../../machines/reply.machine.ts';
import type { ReplyMoment } from '../../../../machines/reply.types.ts';
import type { EventVariant } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof replyMachine;
type Variant = EventVariant<Machine>;

export const replyModel: PathOptions<Machine> = {
  events: {
    'reply.refused': [
      refused('for 4,782 ms', { kind: 'perRequest', retryAfterMs: 4_782 }),
      refused('for a rate limit', { kind: 'rateLimited' }),
      refused('for good', { kind: 'perRequest' }),
      refused('again', { kind: 'perRequest', retryAfterMs: 4_782 }, true),
    ],
    'xstate.done.actor.look': [
      seen('it is owed', { isOwed: true, isTaken: false }),
      seen('somebody has the word', { isOwed: true, isTaken: true }),
      seen('nobody waits for it', { isOwed: false, isTaken: false }),
    ],
  },
};

function refused(
  label: string,
  facts: Pick<Failure, 'kind' | 'retryAfterMs'>,
  wasAskedAgain = false,
): Variant {
  return {
    label,
    event: () => ({
      type: 'reply.refused',
      failure: { code: 'test', detail: '', ...facts },
      wasAskedAgain,
    }),
  };
}

function seen(label: string, output: ReplyMoment): Variant {
  return { label, event: () => ({ type: 'xstate.done.actor.look', output }) };
}
