/** Options at the door that several providers have. */
import { checkNumber } from '../../ports/option-errors.ts';

/** @throws TenutoError OPTION_INVALID for anything but a number of milliseconds that a timer can wait for. */
export function checkMs(name: string, value: number | undefined): void {
  if (value === undefined) return;
  checkNumber(name, value, Number.isFinite(value) && value > 0, 'of milliseconds above 0');
}
