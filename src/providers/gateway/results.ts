/** What the speech app of a gateway says (PROTOCOL.md, P23), as a provider's events. Positions are samples of the session. */
import { failureOfUntrusted } from './addresses.ts';
import { setAsideIn } from '../../protocol/set-aside.ts';
import type { SetAside } from '../../protocol/set-aside.ts';
import { speechEventIn } from '../../protocol/speech-events.ts';
import type { SpeechFinal, SpeechInterim } from '../../protocol/speech-events.ts';
import type { AuthOkFrame } from '../../protocol/types.ts';
import type { ProviderEvent } from '../events.ts';
import { detailOf, nameOf } from '../wire/detail.ts';

/** @param said JSON of the gateway's: what is none of its words is passed over. */
export function eventOf(said: unknown): ProviderEvent {
  const setAside = setAsideIn(said);
  if (setAside?.from !== undefined) return gapOf(setAside);
  const event = speechEventIn(said);
  switch (event?.type) {
    case 'final':
    case 'interim':
      return transcript(event);
    case 'dropped': {
      const { reason, text, from: startSample, to: endSample } = event;
      return { kind: 'dropped', reason, text, startSample, endSample };
    }
    case 'speechStarted':
    case 'utteranceEnded':
      return { kind: event.type, atSample: event.at };
    case 'serving': {
      const { provider, mode, missing } = event;
      return { kind: 'serving', provider, mode, missing };
    }
    case 'warning': {
      const [code, detail] = [nameOf(event.code), detailOf(event.detail)];
      return { kind: 'failed', failure: { kind: 'perRequest', code, detail } };
    }
    case undefined:
      return { kind: 'ignored', what: 'an event of the gateway' };
  }
}

/** The gateway's application failed on these samples again and again: nobody hears them (P24.4). */
function gapOf({ from = 0, to = from }: SetAside): ProviderEvent {
  const detail = `the gateway's app failed on samples ${from} to ${to} again and again: they were not heard`;
  return { kind: 'failed', failure: { kind: 'perRequest', code: 'gap', detail } };
}

export function passedOver(code: string, untrusted: readonly string[]): readonly ProviderEvent[] {
  const failure = failureOfUntrusted(code, untrusted);
  return failure === null ? [] : [{ kind: 'failed', failure }];
}

/** A new bearer is brought on this link (PROTOCOL.md, P12.11). @param canRenew somebody brings one. */
export function expiring({ expiresInMs }: AuthOkFrame, canRenew: boolean): ProviderEvent {
  return expiresInMs === null || !canRenew
    ? { kind: 'ignored', what: 'a bearer that is not renewed' }
    : { kind: 'credentialEnds', inMs: expiresInMs };
}

function transcript(event: SpeechFinal | SpeechInterim): ProviderEvent {
  const { type, text, words, from, to, endsUtterance } = event;
  return {
    kind: 'transcript',
    text,
    words: words.map((word) => ({
      text: word.text,
      startSample: word.from,
      endSample: word.to,
      confidence: word.confidence,
    })),
    startSample: from,
    endSample: to,
    isFinal: type === 'final',
    endsUtterance,
    answersFlush: false,
  };
}
