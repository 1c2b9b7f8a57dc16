/** For clients that cannot be told which certificate to trust: those of vendors, and what Node itself does for them. */
import { vi } from 'vitest';

const NAME = 'NODE_TLS_REJECT_UNAUTHORIZED';

/** Takes every certificate for good until the function that is returned is called. */
export function trustSelfSigned(): () => void {
  const before = process.env[NAME];
  const warning = vi.spyOn(process, 'emitWarning').mockReturnValue();
  process.env[NAME] = '0'; // read by Node with every connection
  return () => {
    warning.mockRestore();
    if (before === undefined) Reflect.deleteProperty(process.env, NAME);
    else process.env[NAME] = before;
  };
}
