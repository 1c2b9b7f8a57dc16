/** What a client asks of the world it runs in; whoever plays the other end gives it. */

export interface Ends {
  onOpen(): void;
  onFrame(bytes: Uint8Array): void;
  /** 1006: without a close frame, or it never opened. */
  onEnd(code: number): void;
}

export interface Wire {
  send(bytes: Uint8Array): void;
  /** `onEnd` is not called any more. */
  close(code: number): void;
}

export interface World {
  nowMs(): number;
  after(ms: number, callback: () => void): void;
  /** From 0 to 1. */
  chance(): number;
  dial: (url: string, ends: Ends) => Wire;
  bearer(): string;
  tell(told: object): void;
}

export interface Settings {
  readonly url: string;
  readonly mayMoveTo: readonly string[];
  readonly mayRenew: boolean;
  readonly sampleRateHz: number;
  readonly ringMs: number;
}
