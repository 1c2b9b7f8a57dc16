/** What a socket begins with: what its spool has of another life, or nothing. */
import type { EngineLegacy } from './engine.types.ts';
import type { LossFacts } from './events.types.ts';
import type { PeerKind } from './link.types.ts';
import type { ResolvedSocketOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { domException } from './platform-events.ts';
import type { TenutoError } from '../ports/errors.ts';

/** Whom it tells. */
interface Owner {
  onLoss(loss: LossFacts): void;
  onTrouble(error: TenutoError): void;
}

export function legacyFor(
  { spool, clock, random }: ResolvedSocketOptions,
  kind: PeerKind,
  owner: Owner,
): EngineLegacy {
  if (spool === null) return { kind, outbox: new Outbox(), session: null };
  const onTrouble = (error: TenutoError): void => owner.onTrouble(error);
  const { outbox, session, losses } = spool.join({ clock, random, onTrouble });
  for (const loss of losses) owner.onLoss(loss);
  return { kind, outbox, session };
}

/** @throws DOMException InvalidStateError where what is left is for another socket. */
export function checkGoesOn({ spool }: ResolvedSocketOptions): void {
  if (spool?.isOver !== true) return;
  throw domException('The socket let go of its spool when it was closed.', 'InvalidStateError');
}
