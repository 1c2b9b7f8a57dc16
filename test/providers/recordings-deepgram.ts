/** Recorded sockets of Deepgram's services in our adapters' hands. */
import type { Asked, Script } from './recordings-player.ts';
import { unlessSaid } from './recordings-items.ts';
import type { Recording } from './recordings-reader.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { deepgramSpeak } from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import { numberAt, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

const apiKey = 'dg-recorded-key';

export function listenScript({ query }: Recording): Script {
  const provider = deepgramListen({ apiKey, query: plainQueryOf(query) });
  return { ...scriptOf(query), provider, asked: (message) => listenAsked(typeOf(message)) };
}

export function fluxScript({ query, steps }: Recording): Script {
  const provider = deepgramFlux({ apiKey, forcesEndOfTurn: true, query: plainQueryOf(query) });
  const asked = (message: JsonObject): Asked => {
    const type = typeOf(message);
    if (type === 'ForceEndTurn') return { ask: 'order', orders: [{ kind: 'endTurn' }] };
    return type === 'CloseStream' ? { ask: 'goodbye' } : { ask: 'unknown', what: type };
  };
  const greeting = { type: 'Connected' };
  const leftOut = unlessSaid(
    steps,
    (message) => stringAt(message, 'type') === 'Connected',
    greeting,
  );
  return { ...scriptOf(query), provider, asked, leftOut };
}

/** A text and its flush are one order of ours. */
export function speakScript({ query, steps }: Recording): Script {
  let said = 0;
  const asked = (message: JsonObject): Asked => {
    switch (typeOf(message)) {
      case 'Speak': {
        const text = stringAt(message, 'text') ?? '';
        return { ask: 'order', orders: [{ kind: 'say', id: `said_${(said += 1)}`, text }] };
      }
      case 'Flush':
        return { ask: 'nothing' };
      case 'Clear':
        return { ask: 'order', orders: [{ kind: 'interrupt', ref: null, heardMs: 0 }] };
      case 'Close':
        return { ask: 'goodbye' };
      default:
        return { ask: 'unknown', what: typeOf(message) };
    }
  };
  const greeting = { type: 'Metadata' };
  const leftOut = unlessSaid(
    steps,
    (message) => stringAt(message, 'type') === 'Metadata',
    greeting,
  );
  return { ...scriptOf(query), provider: deepgramSpeak({ apiKey }), asked, leftOut };
}

function listenAsked(type: string): Asked {
  switch (type) {
    case 'Finalize':
      return { ask: 'flush' };
    case 'CloseStream':
      return { ask: 'goodbye' };
    case 'KeepAlive':
      return { ask: 'keepAlive' };
    default:
      return { ask: 'unknown', what: type };
  }
}

function scriptOf(query: JsonObject): Pick<Script, 'sampleRateHz' | 'nameOf'> {
  return { sampleRateHz: numberAt(query, 'sample_rate') ?? 16_000, nameOf: typeOf };
}

/** What a query holds: nothing but words and numbers. */
function plainQueryOf(query: JsonObject): Record<string, string | number | boolean> {
  const entries = Object.entries(query).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(entries) as Record<string, string | number | boolean>;
}

function typeOf(message: JsonObject): string {
  return stringAt(message, 'type') ?? 'without a type';
}
