/** What every `on` of the library asks of what it is given, and where an exception of a listener goes. */
import { silentLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { checkName, invalid } from './option-errors.ts';

/**
 * @param known has every event that there is; its values do not matter.
 * @throws TenutoError OPTION_INVALID: a misspelt event would never be heard.
 */
export function checkListener(type: string, known: object, listener: unknown): void {
  checkName('event', type, known);
  checkFunction(listener);
}

/** @throws TenutoError OPTION_INVALID */
export function checkFunction(listener: unknown): void {
  if (typeof listener === 'function') return;
  throw invalid('A listener is no function.', 'Give a function.');
}

/**
 * An exception of a listener's ends nothing of ours, and is not silent: browsers report it as every uncaught one is (their consoles,
 * `error` events of the page); elsewhere, where such a report would end the process and its audio, it is printed.
 */
export function listenerThrew(event: string, error: unknown, logger: Logger = silentLogger): void {
  logger.error('a listener threw', { event, error: String(error) });
  const { reportError, console } = globalThis as unknown as Reporting;
  (reportError ?? console.error)(error);
}

interface Reporting {
  readonly reportError?: (error: unknown) => void;
  readonly console: { readonly error: (error: unknown) => void };
}
