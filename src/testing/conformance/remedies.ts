/** What to do where nothing comes, as far as that can be told from where the session waits. */
import { pathOf } from './step-log.ts';
import type { StepLog } from './step-log.ts';
import type { ProviderTraits } from '../../providers/contract.ts';

const HANDSHAKE_REMEDY =
  "The socket is open, and `decode` never told `configured`: tell { kind: 'configured' } of the frame by which the service takes the configuration, have the script say that frame (`greet`, or `onFrame` where it answers one of the adapter's), or leave `configures` out of the traits where there is no handshake.";

/** A handshake that nobody ends looks like any other wait; null where none is under way. */
export function handshakeRemedy(
  { steps }: StepLog,
  { configures = false }: ProviderTraits,
): string | null {
  const last = steps.at(-1);
  const isOpen = last !== undefined && pathOf(last.snapshot).endsWith('.configuring');
  return isOpen && configures ? HANDSHAKE_REMEDY : null;
}
