// What the application `speech` says (PROTOCOL.md, P23): as bytes, and what a client takes of it. Null: it passes it over.
import { data, hex, hint, utf8 } from './layout.mjs';

const FINAL = {
  type: 'final',
  from: 0,
  to: 19_200,
  text: 'hello wörld',
  words: [
    { text: 'hello', from: 4_800, to: 11_200, confidence: 0.98 },
    { text: 'wörld', from: 12_000, to: 18_400, confidence: 0.91 },
  ],
  endsUtterance: true,
  provider: 'deepgram',
};
const INTERIM = { ...FINAL, type: 'interim', to: 12_800, text: 'hello', words: [] };
const DROPPED = {
  type: 'dropped',
  reason: 'tooQuiet',
  text: 'Thank you for watching.',
  from: 32_000,
  to: 48_000,
};
const SERVING = { type: 'serving', provider: 'deepgram (eu)', mode: null, missing: [] };
const NOBODY = { type: 'serving', provider: null, mode: 'recordOnly', missing: ['hearing'] };
const GAP = {
  type: 'warning',
  code: 'gap',
  detail: '400 ms were not heard (providerSkipped)',
  from: 25_600,
  to: 32_000,
};
const WARNING = { type: 'warning', code: 'REQUEST_REFUSED', detail: 'no file' };
const SILENCE = { text: '', words: [], endsUtterance: false, provider: '' };

const said = [
  ['a final', 'event', FINAL],
  ['a final without text', 'event', { ...FINAL, from: 19_200, text: '', words: [], provider: '' }],
  ['an interim', 'hint', INTERIM],
  ['a dropped text', 'event', DROPPED],
  ['speech that starts', 'hint', { type: 'speechStarted', at: 4_800 }],
  ['an utterance that ends', 'hint', { type: 'utteranceEnded', at: 18_400 }],
  ['who serves', 'event', SERVING],
  ['who serves, to a client that comes', 'hint', SERVING],
  ['that nobody serves', 'event', NOBODY],
  ['a gap', 'event', GAP],
  ['a warning', 'event', WARNING],
];

const tolerated = [
  [
    'a result that has its samples only',
    { type: 'final', from: 0, to: 1_600 },
    { type: 'final', from: 0, to: 1_600, ...SILENCE },
  ],
  ['members that are not known', { ...DROPPED, since: 2 }, DROPPED],
  [
    'members that are not known in a word',
    { ...FINAL, words: FINAL.words.map((word) => ({ ...word, speaker: 1 })) },
    FINAL,
  ],
];

const passedOver = [
  ['a type that is not known', { type: 'speaker', at: 1 }],
  ['no type', { from: 0, to: 1 }],
  ['a type that is no text', { ...FINAL, type: 1 }],
  ['a type that every object has', { ...FINAL, type: 'toString' }],
  ['no object', ['final']],
  ['a final without samples', { type: 'final', text: 'hello' }],
  ['a member that is missing', { type: 'dropped', text: '', from: 0, to: 1 }],
  ['a member that is null', { ...FINAL, text: null }],
  ['samples below zero', { ...FINAL, from: -1 }],
  ['samples beyond all', { ...FINAL, to: 4_294_967_296 }],
  ['half a sample', { ...FINAL, to: 0.5 }],
  ['samples that run backwards', { ...FINAL, from: 19_201 }],
  ['a gap that runs backwards', { ...GAP, from: 32_001 }],
  ['a reason that there is not', { ...DROPPED, reason: 'mumbled' }],
  ['a mode that there is not', { ...NOBODY, mode: 'asleep' }],
  ['a faculty that there is not', { ...NOBODY, missing: ['smelling'] }],
  ['a confidence beyond 1', { ...FINAL, words: [{ ...FINAL.words[0], confidence: 1.01 }] }],
  ['a code that is none', { ...WARNING, code: 'no file' }],
];

function carried(by, json) {
  if (by === 'hint') return hint({ channel: 0, epoch: 13, ofSeq: 88 }, json);
  return data({
    ...{ channel: 0, epoch: 13, seq: 89, position: 19_200, capturedAtMs: 0, codec: 'json' },
    payload: utf8(json),
  });
}

function vector(name, by, written, event) {
  return { name, by, hex: hex(carried(by, JSON.stringify(written))), event };
}

export const speech = [
  ...said.map(([name, by, event]) => vector(name, by, event, event)),
  ...tolerated.map(([name, written, event]) => vector(name, 'event', written, event)),
  ...passedOver.map(([name, written]) => vector(name, 'event', written, null)),
];
