/** What the turn chart is told, what it remembers, and what it tells. */

export type TurnEvent =
  /** The captured audio holds speech, after a pause. */
  | { readonly type: 'speech.heard'; readonly atMs: number }
  /** The captured audio has held none for 300 ms of it. */
  | { readonly type: 'speech.ceased'; readonly atMs: number }
  /** The service found that the user's utterance ended. */
  | { readonly type: 'utterance.ended'; readonly atMs: number }
  /** An answer is made, or sounds. */
  | { readonly type: 'answer.begun'; readonly atMs: number }
  /** It was made and played, or cut. */
  | { readonly type: 'answer.ended'; readonly atMs: number };

export interface TurnContext {
  /** Who answered once answers again. */
  readonly hasAnswered: boolean;
  readonly isAnswering: boolean;
  /** When the user's last turn ended. */
  readonly endedAtMs: number;
  /** The newest moment that a fact told. */
  readonly nowMs: number;
}

/** Somebody has the word, or nobody has: a pause, in which a session may be moved. */
export interface TurnSignal {
  readonly type: 'speech.started' | 'speech.paused';
  readonly atMs: number;
}
