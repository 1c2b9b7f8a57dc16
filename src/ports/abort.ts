/** What of an `AbortSignal` is asked: every platform's, and every polyfill's, has it. */
export interface Abortion {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
