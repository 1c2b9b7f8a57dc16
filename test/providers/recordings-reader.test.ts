/** Recordings come in many layouts: whoever made them wrote down the same two frames of a client and two of a service. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { readRecordings, recordingIn } from './recordings-reader.ts';
import type { Recording } from './recordings-reader.ts';
import { serviceOf, socketsOf } from './recordings-services.ts';

const UPDATE = { type: 'session.update', session: { type: 'realtime' } };
const CREATED = { type: 'session.created', session: { id: 'sess_1' } };
const CREATE = { type: 'response.create' };
const NEW = { type: 'response.of_a_new_kind', text: 'hello' };
const TALK = [
  ['received', CREATED],
  ['sent', UPDATE],
  ['sent', CREATE],
  ['received', NEW],
] as const;

type Way = 'sent' | 'received';

const lines = (entryOf: (way: Way, message: object) => unknown): string =>
  TALK.map(([way, message]) => JSON.stringify(entryOf(way, message))).join('\n');

/** What was read, without the bytes. */
function readOf({ steps }: Recording): readonly unknown[] {
  return steps.flatMap((step) =>
    step.kind === 'sent' || step.kind === 'received' ? [[step.kind, step.message]] : [],
  );
}

const WORDS: readonly (readonly [sent: string, received: string])[] = [
  ['sent', 'received'],
  ['SENT', 'RECEIVED'],
  ['Send', 'Recv'],
  ['out', 'in'],
  ['outbound', 'inbound'],
  ['Outgoing', 'Incoming'],
  ['tx', 'rx'],
  ['c2s', 's2c'],
  ['C>S', 'S>C'],
  ['client->server', 'server->client'],
  ['Client → Server', 'Server → Client'],
  ['client_to_server', 'server_to_client'],
  ['to server', 'from server'],
  ['client_event', 'server_event'],
  ['request', 'response'],
  ['up', 'down'],
  ['>>', '<<'],
];

describe('the direction of a frame', () => {
  it.each(WORDS)('may be called %s and %s, by whichever member', (sent, received) => {
    for (const name of ['direction', 'dir', 'type', 'kind', 'event', 'flow', 'side']) {
      const text = lines((way, data) => ({ [name]: way === 'sent' ? sent : received, data }));

      expect(readOf(recordingIn('x.jsonl', text)), name).toEqual(TALK);
    }
  });

  it.each(['from', 'source', 'sender', 'role'])('may be said by %s, of the two sides', (name) => {
    const text = lines((way, data) => ({ [name]: way === 'sent' ? 'Client' : 'server', data }));

    expect(readOf(recordingIn('x.jsonl', text))).toEqual(TALK);
  });

  it('may be a flag, a member of its own, or one of a list', () => {
    const layouts = [
      lines((way, content) => ({ from_client: way === 'sent', content })),
      lines((way, data) => ({ to: way === 'sent' ? 'server' : 'client', data })),
      lines((way, message) => ({ t: 1, [way === 'sent' ? 'client' : 'server']: message })),
      lines((way, message) => [way === 'sent' ? 'out' : 'in', 12.5, message]),
      lines((way, message) => ({ direction: way, ...message })),
    ];

    for (const text of layouts) {
      const kinds = recordingIn('x.jsonl', text).steps.map(({ kind }) => kind);
      expect(kinds).toEqual(TALK.map(([way]) => way));
    }
  });

  it('is that of the client though a server wrote it down', () => {
    const text = lines((way, data) => ({ direction: way === 'sent' ? 'in' : 'out', data }));

    expect(readOf(recordingIn('x.jsonl', text))).toEqual(TALK);
  });
});

describe('the frame of an entry', () => {
  const NAMES = ['data', 'body', 'message', 'frame', 'payload', 'text', 'raw', 'content', 'msg'];

  it.each(NAMES)('may stand in %s, as an object, as text, or as base64', (name) => {
    for (const write of [
      (message: object) => message,
      (message: object) => JSON.stringify(message),
      (message: object) => JSON.stringify(JSON.stringify(message)),
      (message: object) => Buffer.from(JSON.stringify(message)).toString('base64'),
    ]) {
      const text = lines((direction, message) => ({ direction, [name]: write(message) }));

      expect(readOf(recordingIn('x.jsonl', text))).toEqual(TALK);
    }
  });

  it('may be all that there is on a line', () => {
    const text = lines((_way, message) => message);

    expect(readOf(recordingIn('x.ndjson', text))).toEqual(TALK);
  });

  it.each([
    ['setup', 'sent'],
    ['clientContent', 'sent'],
    ['client_content', 'sent'],
    ['realtimeInput', 'sent'],
    ['toolResponse', 'sent'],
    ['serverContent', 'received'],
    ['setupComplete', 'received'],
    ['toolCall', 'received'],
    ['goAway', 'received'],
  ] as const)("says by itself, with the member %s of Gemini's, that it was %s", (name, way) => {
    const { steps } = recordingIn('x.jsonl', JSON.stringify({ [name]: {} }));

    expect(steps.map(({ kind }) => kind)).toEqual([way]);
  });

  it.each([
    ['Speak', 'sent', 'speak'],
    ['Flushed', 'received', 'speak'],
    ['Finalize', 'sent', 'listen'],
    ['Results', 'received', 'listen'],
    ['ForceEndTurn', 'sent', 'flux'],
    ['TurnInfo', 'received', 'flux'],
  ] as const)("says by itself, with the type %s of Deepgram's, that it was %s", (type, way, of) => {
    const recording = recordingIn('x.jsonl', JSON.stringify({ type, text: 'hello' }));

    expect(recording.steps.map(({ kind }) => kind)).toEqual([way]);
    expect(serviceOf(recording)).toBe(of);
  });

  it('may be bytes, of a service or of a client', () => {
    const { steps } = recordingIn(
      'x.jsonl',
      [
        { direction: 'in', opcode: 2, data: 'AAEC' },
        { direction: 'in', type: 'binary', data: 'AAEC' },
        { direction: 'in', base64: 'AAEC' },
        { direction: 'in', data: { type: 'Buffer', data: [0, 1, 2] } },
        { direction: 'out', kind: 'audio', data: Buffer.alloc(320).toString('base64') },
        { direction: 'out', kind: 'audio', bytes: 320 },
        { direction: 'out', kind: 'audio', from: 0, to: 160 },
      ]
        .map((entry) => JSON.stringify(entry))
        .join('\n'),
    );

    const frame = new Uint8Array([0, 1, 2]);
    for (const step of steps.slice(0, 4)) {
      expect(step).toMatchObject({ kind: 'received', message: null });
      expect(step.kind === 'received' && Uint8Array.from(step.frame as Uint8Array)).toEqual(frame);
    }
    expect(steps.slice(4)).toEqual(Array(3).fill({ kind: 'audio', samples: 160 }));
  });
});

describe('the file of a recording', () => {
  const entries = TALK.map(([direction, data]) => ({ direction, data }));

  it.each([
    ['a list', entries],
    ['a list of interactions', { version: 1, interactions: entries }],
    ['messages', { messages: entries }],
    ['frames of a recording', { recording: { frames: entries } }],
    ['events', { provider: 'openai', events: entries }],
    [
      'a log of a browser',
      { log: { entries: [Object.fromEntries([['_webSocketMessages', entries]])] } },
    ],
  ])('may be JSON, with %s', (_, value) => {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
      expect(readOf(recordingIn('x.json', text))).toEqual(TALK);
    }
  });

  it('may have a socket after the other', () => {
    const text = JSON.stringify({ connections: [{ frames: entries }, { frames: entries }] });

    const sockets = socketsOf(recordingIn('x.json', text));

    expect(sockets.map(readOf)).toEqual([TALK, TALK]);
  });

  it('may be YAML, as cassettes are', () => {
    const text = [
      'version: 1',
      'interactions:',
      ...TALK.flatMap(([way, message]) => [
        '- kind: message',
        `  direction: ${way}`,
        `  data: ${JSON.stringify(message)}`,
      ]),
    ].join('\n');
    const parse = (yaml: string): unknown => {
      expect(yaml).toBe(text);
      return { version: 1, interactions: entries };
    };

    expect(readOf(recordingIn('x.yaml', text, parse))).toEqual(TALK);
    const own = recordingIn('x.yml', text);
    if (own.complaint === null) expect(readOf(own)).toEqual(TALK);
    else expect(own.complaint).toContain('`yaml`');
  });

  it('is complained of where it is YAML and nothing reads that', () => {
    const { complaint, steps } = recordingIn('x.yaml', 'interactions: []', null);

    expect(complaint).toBe(
      'x.yaml: YAML is read where the package `yaml` is installed, and here it is not.',
    );
    expect(steps).toEqual([]);
  });

  it.each([
    ['what has no direction', '{"way":"sideways","data":{"a":1}}', '{way, data}'],
    ['what is no JSON', 'hello\nthere', 'text that is no JSON'],
    ['what a client sent alone', '{"type":"session.update"}', '{type: "session.update"}'],
    ['a list', '["hello",1]\n["there",2]', 'a list of string, number'],
  ])('is complained of where nothing was received, with %s', (_, text, shape) => {
    const { complaint } = recordingIn('a/x.jsonl', text);

    expect(complaint).toMatch(/^a\/x\.jsonl: of \d entr\w+ none is a frame that was received\./);
    expect(complaint).toContain(shape);
  });

  it('is not complained of where it is empty', () => {
    expect(recordingIn('x.jsonl', '\n').complaint).toBe(null);
  });

  it('is found below a folder, whatever its ending', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'recordings-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const names = ['a.jsonl', 'b.ndjson', 'c.JSON', 'd.yaml', 'e.yml', 'f.md', 'LICENSE'];
    for (const name of names) writeFileSync(path.join(folder, name), '');

    const found = readRecordings(folder).map(({ name }) => name);

    expect(found).toEqual(['a.jsonl', 'b.ndjson', 'c.JSON', 'd.yaml', 'e.yml']);
  });
});

describe('the service of a recording', () => {
  const unknown = '{"direction":"in","data":{"type":"something.new"}}';
  const serviceIn = (name: string, text: string) => serviceOf(recordingIn(name, text));

  it('is found by the folder, the file, or a header', () => {
    const url = 'wss://api.deepgram.com/v2/listen?model=flux-general-en&sample_rate=16000';

    expect(serviceIn('gemini-live/x.jsonl', unknown)).toBe('gemini');
    expect(serviceIn('other/test_openai_turn.jsonl', unknown)).toBe('openai');
    expect(serviceIn('x.jsonl', `{"provider":"Google"}\n${unknown}`)).toBe('gemini');
    expect(serviceIn('x.jsonl', `{"event":"open","url":"${url}"}\n${unknown}`)).toBe('flux');
    expect(serviceIn('x.json', `{"url":"${url}","frames":[${unknown}]}`)).toBe('flux');
    expect(serviceIn('x.jsonl', unknown)).toBe(null);
  });

  it('is that of its frames where the folder is another', () => {
    expect(serviceIn('google-day/x.jsonl', '{"type":"Results"}')).toBe('listen');
  });

  it('is dialled with a query, which is in a header or in an address', () => {
    const url = 'wss://api.deepgram.com/v1/listen?model=nova-3&sample_rate=8000';

    expect(recordingIn('x.jsonl', `{"url":"${url}"}`).query).toMatchObject({ sample_rate: 8_000 });
    expect(recordingIn('x.jsonl', '{"meta":{"query":{"model":"a"}}}').query).toEqual({
      model: 'a',
    });
  });

  it('is Whisper where requests are answered with a text and its segments', () => {
    const body = JSON.stringify({ text: 'Hello.', segments: [{ text: 'Hello.', start: 0 }] });
    const request = { method: 'POST', uri: 'https://api.openai.com/v1/audio/transcriptions' };
    const response = { status: { code: 200 }, body: { string: body } };

    const recording = recordingIn('x.json', JSON.stringify([{ request, response }]));

    expect(serviceOf(recording)).toBe('whisper');
    expect(recording.steps.at(-1)).toMatchObject({ kind: 'received', frame: body });
  });
});

describe('an entry that is no frame', () => {
  it('opens or ends a socket, or is counted', () => {
    const { steps, otherLines } = recordingIn(
      'a/b',
      [
        '{"ev":"open"}',
        '{"dir":"C>S","ev":"audio","from":0,"to":160}',
        '{"t":1,"dir":"S>C","frame":{"type":"Results"}}',
        '{"kind":"message","direction":"received","data":"{\\"type\\":\\"ping\\"}"}',
        '{"kind":"binary","direction":"received","data":"AAEC"}',
        '{"dir":"S>C","ev":"close","code":1011,"reason":"gone"}',
        'not JSON',
      ].join('\n'),
    );

    expect(steps.map(({ kind }) => kind)).toEqual([
      'opened',
      'audio',
      'received',
      'received',
      'received',
      'closed',
    ]);
    expect(steps.at(-1)).toEqual({ kind: 'closed', code: 1_011, reason: 'gone' });
    expect(otherLines).toBe(1);
  });
});
