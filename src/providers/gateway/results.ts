/** What the speech app of a gateway says, as a provider's events. Positions are samples of the session. */
import type { DropReason, Faculty, ProviderEvent, ProviderWord } from '../events.ts';
import { detailOf, nameOf } from '../wire/detail.ts';
import { fieldOf, numberAt, objectsAt, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

export function eventOf(said: JsonObject): ProviderEvent {
  switch (said['type']) {
    case 'final':
      return transcript(said, true);
    case 'interim':
      return transcript(said, false);
    case 'dropped':
      return {
        kind: 'dropped',
        reason: (stringAt(said, 'reason') ?? 'noSpeech') as DropReason,
        text: stringAt(said, 'text') ?? '',
        startSample: sampleAt(said, 'from'),
        endSample: sampleAt(said, 'to'),
      };
    case 'speechStarted':
      return { kind: 'speechStarted', atSample: sampleAt(said, 'at') };
    case 'utteranceEnded':
      return { kind: 'utteranceEnded', atSample: sampleAt(said, 'at') };
    case 'serving':
      return {
        kind: 'serving',
        provider: stringAt(said, 'provider'),
        mode: stringAt(said, 'mode'),
        missing: facultiesIn(fieldOf(said, 'missing')),
      };
    case 'warning': {
      const code = nameOf(stringAt(said, 'code') ?? '');
      const detail = detailOf(stringAt(said, 'detail') ?? '');
      return { kind: 'failed', failure: { kind: 'perRequest', code, detail } };
    }
    default:
      return { kind: 'ignored', what: 'an event of the gateway' };
  }
}

function transcript(said: JsonObject, isFinal: boolean): ProviderEvent {
  return {
    kind: 'transcript',
    text: stringAt(said, 'text') ?? '',
    words: objectsAt(said, 'words').flatMap(wordOf),
    startSample: sampleAt(said, 'from'),
    endSample: sampleAt(said, 'to'),
    isFinal,
    endsUtterance: said['endsUtterance'] === true,
    answersFlush: false,
  };
}

function wordOf(word: JsonObject): readonly ProviderWord[] {
  const text = stringAt(word, 'text');
  if (text === null) return [];
  return [
    {
      text,
      startSample: sampleAt(word, 'from'),
      endSample: sampleAt(word, 'to'),
      confidence: numberAt(word, 'confidence') ?? 1,
    },
  ];
}

function sampleAt(said: JsonObject, name: string): number {
  return Math.max(0, numberAt(said, name) ?? 0);
}

function facultiesIn(value: unknown): readonly Faculty[] {
  return Array.isArray(value) ? value.filter(isFaculty) : [];
}

function isFaculty(value: unknown): value is Faculty {
  return value === 'hearing' || value === 'speaking';
}
