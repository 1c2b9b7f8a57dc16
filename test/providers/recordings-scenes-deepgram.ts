/** Conversations as Deepgram's services and Whisper document them. */
import { got, gotBytes, scene, sent } from './recordings-scene.ts';
import type { Line } from './recordings-scene.ts';

function results(start: number, text: string, isFinal: boolean): Line {
  const alternative = { transcript: text, confidence: 0.99, words: [] };
  return got({
    type: 'Results',
    channel_index: [0, 1],
    start,
    duration: 1,
    is_final: isFinal,
    channel: { alternatives: [alternative] },
    from_finalize: false,
  });
}

export const listenTurns = scene(
  'deepgram-listen/turns',
  [
    results(0, 'Paris at', false),
    results(0, 'Paris', false),
    sent({ type: 'Finalize' }),
    results(0, 'Paris at a moment.', true),
    got({ type: 'SpeechStarted', channel: [0, 1], timestamp: 1.2 }),
    results(1, '', true),
    got({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: 8.8 }),
    sent({ type: 'KeepAlive' }),
    sent({ type: 'CloseStream' }),
    got({ type: 'Metadata', duration: 2, channels: 1 }),
  ],
  { model: 'nova-3', encoding: 'linear16', sample_rate: 16_000, interim_results: 'true' },
);

function turnInfo(event: string, turn: number, endS: number, transcript: string): Line {
  const words = transcript.split(' ').map((word) => ({ word, confidence: 1 }));
  return got({
    type: 'TurnInfo',
    event,
    turn_index: turn,
    audio_window_start: turn,
    audio_window_end: endS,
    transcript,
    words: transcript === '' ? [] : words,
    end_of_turn_confidence: 0.5,
  });
}

const fluxTurns = scene(
  'deepgram-flux/turns',
  [
    got({ type: 'Connected' }),
    turnInfo('Update', 0, 0.25, ''),
    turnInfo('StartOfTurn', 0, 0.5, 'Paris'),
    turnInfo('Update', 0, 0.75, 'Paris at'),
    turnInfo('EagerEndOfTurn', 0, 0.9, 'Paris at noon'),
    turnInfo('TurnResumed', 0, 0.95, 'Paris at noon'),
    turnInfo('EndOfTurn', 0, 1, 'Paris at noon.'),
    turnInfo('Update', 1, 1.5, ''),
    turnInfo('StartOfTurn', 1, 2, 'Yes'),
    sent({ type: 'ForceEndTurn' }),
    turnInfo('EndOfTurn', 1, 2.25, 'Yes.'),
    sent({ type: 'CloseStream' }),
  ],
  { model: 'flux-general-en', encoding: 'linear16', sample_rate: 16_000 },
);

const speech = (text: string): readonly Line[] => [
  sent({ type: 'Speak', text }),
  sent({ type: 'Flush' }),
];

const speakTexts = scene(
  'deepgram-speak/texts',
  [
    got({ type: 'Metadata', request_id: 'r', model_name: 'aura-2-thalia-en' }),
    ...speech('It is foggy.'),
    gotBytes(33),
    gotBytes(31),
    got({ type: 'Flushed', sequence_id: 0 }),
    ...speech('It will be foggy tomorrow.'),
    gotBytes(64),
    sent({ type: 'Clear' }),
    gotBytes(64),
    got({ type: 'Cleared', sequence_id: 1 }),
    ...speech('No.'),
    gotBytes(20),
    got({ type: 'Flushed', sequence_id: 2 }),
    sent({ type: 'Close' }),
  ],
  { model: 'aura-2-thalia-en', encoding: 'linear16', sample_rate: 24_000 },
);

const whisperClips = scene('whisper/clips', [
  got({
    task: 'transcribe',
    language: 'english',
    duration: 4,
    text: 'The red boat is ready. So is the train.',
    segments: [
      { id: 0, start: 0, end: 2, text: ' The red boat is ready.', avg_logprob: -0.2 },
      { id: 1, start: 2, end: 4, text: ' So is the train.', avg_logprob: -0.3 },
    ],
  }),
  got({ task: 'transcribe', duration: 1.5, text: 'It left at noon.' }),
  got({
    task: 'transcribe',
    duration: 2,
    text: 'Nothing of it.',
    segments: [{ id: 0, start: 0, end: 2, text: 'Nothing of it.', avg_logprob: -3 }],
  }),
]);

export const spokenScenes = [fluxTurns, speakTexts, whisperClips];
