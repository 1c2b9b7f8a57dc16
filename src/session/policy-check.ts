/** What is checked of a reconnection policy before anything is dialled. */
import { presets } from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { checkNumber, checkOptions, invalid } from '../ports/option-errors.ts';

/** @throws TenutoError OPTION_INVALID for a member of the policy that stands beside it. */
export function checkPlaces(options: object): void {
  const misplaced = Object.keys(options).find((name) => Object.hasOwn(presets.production, name));
  if (misplaced === undefined) return;
  throw invalid(
    `There is no session option "${misplaced}": it is a part of reconnect.`,
    `Give reconnect: { ${misplaced}: … }.`,
  );
}

export function checkPolicy(policy: ReconnectPolicy): ReconnectPolicy {
  checkOptions('reconnect', policy, presets.production);
  for (const [name, value] of Object.entries(policy)) {
    if (!isNumber(name) || value === null) continue;
    const isLimit = name === 'maxAttempts' || name === 'persistMs'; // those may be Infinity
    const most = isLimit ? Infinity : name === 'hintSpreadRatio' ? 1 : Number.MAX_VALUE;
    const isFine = value >= 0 && value <= most;
    checkNumber(
      `reconnect.${name}`,
      value,
      isFine,
      `that is 0${most === 1 ? ' to 1' : ' or more'}`,
    );
  }
  return policy;
}

/** Null is the number of a first delay that nobody names. */
function isNumber(name: string): boolean {
  const usual: unknown = presets.production[name as keyof ReconnectPolicy];
  return usual === null || typeof usual === 'number';
}
