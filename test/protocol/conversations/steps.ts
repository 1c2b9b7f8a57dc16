/** What a conversation of `src/protocol/vectors/conversations.json` is made of: docs/other-clients.md says how it is read. */

interface At {
  /** Since the conversation began, by the client's clock. */
  readonly atMs: number;
}

/** Audio is dull on purpose: all bytes of a chunk are the same, so that a frame is its head and a number. */
export interface Payload {
  readonly byte: number;
  readonly times: number;
}

export type UserStep = At & { readonly who: 'user' } & (
    | { readonly does: 'connect' | 'finish' | 'die' }
    /** Chunks one after the other; the bytes of each are one more than those of the one before, modulo 256. */
    | {
        readonly does: 'speak';
        readonly chunks: number;
        readonly everyMs: number;
        readonly payload: Payload;
        readonly capturedAtMs: number;
      }
    | { readonly does: 'comeBack'; readonly holding: Holding }
  );

export type NetworkStep = At & { readonly who: 'network' } & (
    | { readonly does: 'open' | 'lose'; readonly socket: number }
    /** From now on nothing gets through, either way, and nobody is told. */
    | { readonly does: 'silence'; readonly socket: number }
    /** What the client sent last does not arrive as it was sent: this does. */
    | {
        readonly does: 'spoil';
        readonly socket: number;
        readonly hex: string;
        readonly payload: Payload;
      }
    /** Every dial is refused, until they are not. Those that are refused are not written down. */
    | { readonly does: 'shut' | 'clear' }
  );

export type GatewayStep = At & { readonly who: 'gateway'; readonly socket: number } & (
    | { readonly does: 'send'; readonly hex: string; readonly frame: object }
    | { readonly does: 'close'; readonly code: number; readonly reason: string }
  ) & {
    /** The real gateway does not say this, or not now; whoever made the conversation put it in. */
    readonly isPlanted?: true;
    /** It answers a PING that another client may not have sent. */
    readonly isAnswer?: true;
  };

export interface Due {
  /** Which step makes it so, counted from 0. */
  readonly after: number;
  /** At the soonest, and at the latest, since then. */
  readonly fromMs: number;
  readonly toMs: number;
}

export type ClientStep = At & {
  readonly who: 'client';
  readonly socket: number;
  /** Of what has to be done. Else another client may do it at another time, or not at all. */
  readonly due?: Due;
} & (
    | { readonly does: 'dial'; readonly url: string }
    | {
        readonly does: 'send';
        readonly hex: string;
        readonly payload?: Payload;
        readonly frame: object;
      }
    /** 1006: without a close frame. */
    | { readonly does: 'close'; readonly code: number }
  );

export type Told =
  | { readonly tell: 'interrupted' | 'finished' }
  | { readonly tell: 'attached'; readonly resumed: boolean }
  | { readonly tell: 'gap'; readonly from: number; readonly to: number }
  | {
      readonly tell: 'final';
      readonly from: number;
      readonly to: number;
      readonly text: string;
    }
  | { readonly tell: 'warning' }
  | { readonly tell: 'ended'; readonly code: string };

/** What the client knows of its session. */
export interface Standing {
  readonly epoch: number;
  /** The newest of its own that was acknowledged, and the number that its next new frame will have. */
  readonly acked: number;
  readonly next: number;
  /** Of the gateway's numbers, without a hole. */
  readonly received: number;
  /** Finals cover the samples before this one. */
  readonly fin: number;
}

/** What a client had written down when its process ended: P12.12. */
export interface Holding extends Standing {
  readonly sid: string;
  readonly resume: string;
  readonly lin: string;
  readonly inst: string;
  readonly att: number;
  /** Its audio, from the oldest on, with the numbers that it gave. */
  readonly chunks: readonly {
    readonly seq: number | null;
    readonly position: number;
    readonly capturedAtMs: number;
    readonly payload: Payload;
  }[];
}

export type Step = (UserStep | NetworkStep | GatewayStep | ClientStep) & {
  /** What the client then knows, where it is not what it was. */
  readonly holds?: Standing;
  /** What the user has to be told by now. */
  readonly tells?: readonly Told[];
};

export interface Conversation {
  readonly name: string;
  readonly clauses: readonly string[];
  readonly says: string;
  readonly client: {
    readonly url: string;
    /** Where else it may be sent. */
    readonly mayMoveTo: readonly string[];
    /** What its user gives, each time one is asked for; the last again and again. */
    readonly bearers: readonly string[];
    readonly mayRenew: boolean;
    readonly sampleRateHz: number;
    /** How much it keeps at the most. */
    readonly ringMs: number;
  };
  readonly steps: readonly Step[];
}
