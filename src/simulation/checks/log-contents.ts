/** Whether what stands in a log is what its client brought. */
import type { DataFrame } from '../../protocol/types.ts';

/** Whose log it is, as far as its contents have told. */
export interface LogOwner {
  readonly sessionId: string;
  client: number | null;
  /** Which of its client's takes it has. */
  take: number;
  /** By the session's clock minus the client's, for all of its audio. */
  anchorMs: number | null;
}

export interface LogContents {
  /** @param isFirst of its log: it may be the rest of a chunk, where a session is begun anew. */
  audio(log: LogOwner, frame: DataFrame, isFirst: boolean): void;
  /**
   * @param messages how many are in the log.
   * @returns how many there are with this one.
   */
  message(log: LogOwner, messages: number, frame: DataFrame): number;
  /** What an application says, in a record that stands at `at`. */
  said?(log: LogOwner, at: number, frame: DataFrame): void;
  /** The store has lost what stood there after that. */
  lost?(sessionId: string, after: number): void;
}
