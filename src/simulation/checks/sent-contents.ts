/** Of clients of whom nothing is known but what they send: a seq of a session is the same bytes wherever it is seen. */
import type { LogContents, LogOwner } from './log-contents.ts';
import type { Report } from './report.ts';
import { Fingerprint } from '../fingerprint.ts';
import type { DataFrame } from '../../protocol/types.ts';

export class SentContents implements LogContents {
  readonly #report: Report;
  /** By session: what was sent as each seq. */
  readonly #sent = new Map<string, Map<number, string>>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** A client sends that, as yet untouched by what befalls frames on their way. */
  sent(sessionId: string, frame: DataFrame): void {
    const sent = this.#sent.get(sessionId) ?? new Map<number, string>();
    this.#sent.set(sessionId, sent);
    const print = printOf(frame);
    const before = sent.get(frame.seq) ?? print;
    sent.set(frame.seq, print);
    if (before !== print) this.#report.violated('I2', `seq ${frame.seq} is sent with other bytes`);
  }

  audio(log: LogOwner, frame: DataFrame): void {
    this.#compare(log, frame);
  }

  message(log: LogOwner, messages: number, frame: DataFrame): number {
    this.#compare(log, frame);
    return messages + 1;
  }

  #compare({ sessionId }: LogOwner, frame: DataFrame): void {
    if (this.#sent.get(sessionId)?.get(frame.seq) === printOf(frame)) return;
    this.#report.violated('I2', `the log has a seq ${frame.seq} that nobody sent`);
  }
}

function printOf({ codec, position, payload }: DataFrame): string {
  const print = new Fingerprint();
  print.text(codec);
  print.number(position);
  for (const byte of payload) print.number(byte);
  return print.hex;
}
