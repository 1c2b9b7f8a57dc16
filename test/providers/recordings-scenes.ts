/** Conversations as the services document them, in the form of recordings: what is tried where no recording is at hand. */
import type { Recording } from './recordings-reader.ts';
import { listenTurns, spokenScenes } from './recordings-scenes-deepgram.ts';
import { got, scene, sent } from './recordings-scene.ts';
import type { Line } from './recordings-scene.ts';

const PCM_24 = { type: 'audio/pcm', rate: 24_000 };
const SOUND = 'AgD9/wQAAAD4/wMA//8EAP//AAD+/wMA+v8FAAEABQA=';

function sessionWith(detection: object | null): object {
  return {
    type: 'realtime',
    instructions: 'Reply in a few words.',
    output_modalities: ['audio'],
    audio: {
      input: {
        format: PCM_24,
        turn_detection: detection,
        transcription: { model: 'gpt-realtime-whisper' },
      },
      output: { format: PCM_24, voice: 'alloy' },
    },
  };
}

const VAD = { type: 'server_vad', create_response: true, interrupt_response: true };

function openaiStart(session: object): readonly Line[] {
  return [
    got({ type: 'session.created', event_id: 'e0', session: { id: 'sess_1', expires_at: 3_600 } }),
    sent({ type: 'session.update', session }),
    got({ type: 'session.updated', event_id: 'e1', session: { id: 'sess_1', ...session } }),
  ];
}

const message = (id: string, role: string, type: string, text: string): object => ({
  id,
  type: 'message',
  status: 'completed',
  role,
  content: [{ type, text }],
});

function openaiReply(id: string, words: readonly string[]): readonly Line[] {
  const at = { response_id: `resp_${id}`, item_id: id, output_index: 0, content_index: 0 };
  const item = { id, type: 'message', role: 'assistant', content: [] };
  const whole = { ...item, content: [{ type: 'output_audio', transcript: words.join('') }] };
  const response = { id: `resp_${id}`, object: 'realtime.response' };
  return [
    got({ type: 'response.created', response: { ...response, status: 'in_progress' } }),
    got({ type: 'response.output_item.added', item: { ...item, status: 'in_progress' } }),
    got({ type: 'conversation.item.added', item: { ...item, status: 'in_progress' } }),
    got({ type: 'response.content_part.added', ...at, part: { type: 'audio', transcript: '' } }),
    ...words.flatMap((delta) => [
      got({ type: 'response.output_audio_transcript.delta', ...at, delta, obfuscation: 'x' }),
      got({ type: 'response.output_audio.delta', ...at, delta: SOUND }),
    ]),
    got({ type: 'response.output_audio.done', ...at }),
    got({ type: 'response.output_audio_transcript.done', ...at, transcript: words.join('') }),
    got({ type: 'response.content_part.done', ...at, part: { type: 'audio' } }),
    got({ type: 'conversation.item.done', item: { ...whole, status: 'completed' } }),
    got({ type: 'response.output_item.done', item: { ...whole, status: 'completed' } }),
    got({ type: 'response.done', response: { ...response, status: 'completed', output: [whole] } }),
    got({ type: 'rate_limits.updated', rate_limits: [{ name: 'tokens', remaining: 9 }] }),
  ];
}

function openaiCall(id: string): readonly Line[] {
  const call = { id, type: 'function_call', name: 'f', call_id: 'call_1', arguments: '' };
  const whole = { ...call, status: 'completed', arguments: '{"city":"London"}' };
  const at = { response_id: `resp_${id}`, item_id: id, output_index: 0, call_id: 'call_1' };
  const response = { id: `resp_${id}`, object: 'realtime.response' };
  const args = 'response.function_call_arguments';
  return [
    got({ type: 'response.created', response: { ...response, status: 'in_progress' } }),
    got({ type: 'response.output_item.added', item: call }),
    got({ type: `${args}.delta`, ...at, delta: '{"city":' }),
    got({ type: `${args}.done`, ...at, arguments: whole.arguments }),
    got({ type: 'response.output_item.done', item: whole }),
    got({ type: 'response.done', response: { ...response, status: 'completed', output: [whole] } }),
  ];
}

const append = sent({
  type: 'input_audio_buffer.append',
  audio: Buffer.alloc(48_000, 1).toString('base64'),
});

const ofTurn = 'conversation.item.input_audio_transcription';

function openaiTurn(id: string, words: readonly string[]): readonly Line[] {
  const spoken = { id, type: 'message', role: 'user', content: [{ type: 'input_audio' }] };
  return [
    append,
    got({ type: 'input_audio_buffer.speech_started', audio_start_ms: 120, item_id: id }),
    append,
    got({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 880, item_id: id }),
    got({ type: 'input_audio_buffer.committed', previous_item_id: null, item_id: id }),
    got({ type: 'conversation.item.added', item: spoken }),
    got({ type: 'conversation.item.done', item: spoken }),
    ...words.map((delta) => got({ type: `${ofTurn}.delta`, item_id: id, content_index: 0, delta })),
    got({ type: `${ofTurn}.completed`, item_id: id, content_index: 0, transcript: words.join('') }),
  ];
}

const turn = (role: string, text: string): object => ({ role, parts: [{ text }] });
const content = (serverContent: object): Line => got({ serverContent });
const sound = { inlineData: { mimeType: 'audio/pcm;rate=24000', data: SOUND } };

function geminiStart(setup: object = {}): readonly Line[] {
  return [
    sent({
      setup: {
        model: 'models/gemini-2.5-flash-native-audio-preview-09-2025',
        generationConfig: { responseModalities: ['AUDIO'] },
        inputAudioTranscription: {},
        outputAudioTranscription: {},
        ...setup,
      },
    }),
    got({ setupComplete: {} }),
  ];
}

/** Reply by reply, with members that come together and alone. */
function geminiReply(words: readonly string[]): readonly Line[] {
  return [
    content({ modelTurn: { parts: [{ text: '**Thinking**', thought: true }] } }),
    ...words.map((text) =>
      content({ modelTurn: { parts: [sound] }, outputTranscription: { text } }),
    ),
    content({}),
    content({ generationComplete: true }),
    got({ serverContent: { turnComplete: true }, usageMetadata: { totalTokenCount: 551 } }),
    got({ sessionResumptionUpdate: { newHandle: 'h-2', resumable: true } }),
  ];
}

export const openaiAudioTurn = scene('openai-realtime/audio turn', [
  ...openaiStart(sessionWith(VAD)),
  ...openaiTurn('item_heard', ['Hello', ', my name', ' is Marcelo.']),
  ...openaiReply('item_said', ['Hi', ' Marcelo', '!']),
]);

export const geminiAudioTurn = scene('gemini-live/audio turn', [
  ...geminiStart({ sessionResumption: {} }),
  sent({
    realtime_input: {
      audio: {
        data: Buffer.alloc(32_000, 1).toString('base64'),
        mime_type: 'audio/pcm;rate=16000',
      },
    },
  }),
  content({ inputTranscription: { text: ' Hello' } }),
  content({ inputTranscription: { text: ', there.' } }),
  sent({ realtime_input: { audio_stream_end: true } }),
  ...geminiReply(['It is', ' foggy', '.']),
  got({ goAway: { timeLeft: '49.500s' } }),
]);

/** Each of them is sent by us as it was there. */
export const scenes: readonly Recording[] = [
  openaiAudioTurn,
  scene('openai-realtime/turns that the client ends', [
    ...openaiStart(sessionWith(null)),
    append,
    sent({ type: 'input_audio_buffer.commit' }),
    sent({ type: 'response.create' }),
    got({ type: 'input_audio_buffer.committed', item_id: 'item_1' }),
    got({ type: `${ofTurn}.completed`, item_id: 'item_1', transcript: 'Hello.' }),
    ...openaiReply('item_2', ['Hi.']),
  ]),
  scene('openai-realtime/history, then a question', [
    ...openaiStart(sessionWith(VAD)).slice(0, 2),
    ...[
      message('', 'user', 'input_text', 'My name is Alice.'),
      message('', 'assistant', 'output_text', 'Nice to meet you, Alice!'),
      { type: 'function_call', name: 'f', call_id: 'call_1', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: '12 degrees' },
      message('', 'user', 'input_text', 'What is my name?'),
    ].map((item) => {
      const unnamed = Object.entries(item).filter(([name]) => name !== 'id' && name !== 'status');
      return sent({ type: 'conversation.item.create', item: Object.fromEntries(unnamed) });
    }),
    sent({ type: 'response.create' }),
    got({ type: 'session.updated', session: sessionWith(VAD) }),
    ...[
      message('item_1', 'user', 'input_text', 'My name is Alice.'),
      message('item_2', 'assistant', 'output_text', 'Nice to meet you, Alice!'),
      { id: 'item_3', type: 'function_call', name: 'f', call_id: 'call_1', arguments: '{}' },
      { id: 'item_4', type: 'function_call_output', call_id: 'call_1', output: '12 degrees' },
      message('item_5', 'user', 'input_text', 'What is my name?'),
    ].flatMap((item) => [
      got({ type: 'conversation.item.added', item }),
      got({ type: 'conversation.item.done', item }),
    ]),
    ...openaiReply('item_6', ['Alice.']),
  ]),
  scene('openai-realtime/an answer that is cut off', [
    ...openaiStart(sessionWith(VAD)),
    ...openaiTurn('item_1', ['Tell me a story.']),
    ...openaiReply('item_2', ['Once', ' upon']).slice(0, 8),
    sent({ type: 'response.cancel' }),
    sent({
      type: 'conversation.item.truncate',
      item_id: 'item_2',
      content_index: 0,
      audio_end_ms: 200,
    }),
    got({ type: 'conversation.item.truncated', item_id: 'item_2', audio_end_ms: 200 }),
    got({
      type: 'response.done',
      response: {
        id: 'resp_item_2',
        status: 'cancelled',
        status_details: { type: 'cancelled', reason: 'client_cancelled' },
      },
    }),
    got({ type: 'error', error: { type: 'invalid_request_error', code: 'invalid_value' } }),
  ]),
  scene('openai-realtime/greeted as compatible services do', [
    got({ type: 'conversation.created', conversation: { id: 'conv_1' } }),
    sent({ type: 'session.update', session: sessionWith(VAD) }),
    got({ type: 'session.updated', session: sessionWith(VAD) }),
    got({ type: 'ping', timestamp: 1 }),
    sent({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] },
    }),
    sent({ type: 'response.create' }),
    ...openaiReply('item_1', ['Hi.']),
  ]),
  geminiAudioTurn,
  scene('gemini-live/history, then a question', [
    ...geminiStart({ systemInstruction: { parts: [{ text: 'Be brief' }], role: 'user' } }),
    sent({
      client_content: {
        turns: [turn('user', 'My name is Alice.'), turn('model', 'Nice to meet you, Alice!')],
        turn_complete: false,
      },
    }),
    sent({ client_content: { turns: [turn('user', 'My name?')], turn_complete: true } }),
    ...geminiReply(['Alice.']),
  ]),
  scene('gemini-live/two tools, and turns that the client ends', [
    ...geminiStart({ realtimeInputConfig: { automaticActivityDetection: { disabled: true } } }),
    sent({ realtimeInput: { activityStart: {} } }),
    sent({ realtimeInput: { audio: { data: SOUND, mimeType: 'audio/pcm;rate=16000' } } }),
    sent({ realtimeInput: { activityEnd: {} } }),
    got({
      toolCall: {
        functionCalls: [
          { name: 'f', args: { city: 'London' }, id: 'fc_1' },
          { name: 'g', args: {}, id: 'fc_2' },
        ],
      },
    }),
    sent({
      tool_response: {
        function_responses: [
          { id: 'fc_1', name: 'f', response: { output: 'fog' } },
          { id: 'fc_2', name: 'g', response: { output: 'done' } },
        ],
      },
    }),
    ...geminiReply(['Fog', '.']),
    content({ interrupted: true }),
    got({ toolCallCancellation: { ids: ['fc_2'] } }),
  ]),
  scene('openai-realtime/beside a session that another client opened', [
    ...openaiStart(sessionWith(VAD)).slice(1),
    got({ type: 'input_audio_buffer.speech_started', audio_start_ms: 120, item_id: 'item_1' }),
    sent({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] },
    }),
    sent({ type: 'response.create' }),
    ...openaiReply('item_2', ['Hi.']),
  ]),
  scene('openai-realtime/a tool', [
    ...openaiStart(sessionWith(VAD)),
    ...openaiTurn('item_1', ['Is it foggy?']),
    ...openaiCall('item_2'),
    sent({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: 'call_1', output: 'fog' },
    }),
    sent({ type: 'response.create' }),
    ...openaiReply('item_3', ['Yes', '.']),
  ]),
  listenTurns,
  ...spokenScenes,
];
