/** The session with OpenAI Realtime's facts: what goes over the wire, and when. */
import { describe, expect, it } from 'vitest';

import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import type { FakeSocket } from '../support/fake-transport.ts';
import { TalkWorld } from './talk-world.ts';

/** The service's own, so that nothing is resampled. */
const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 24_000 } as const;

function tell(socket: FakeSocket, type: string, fields: object = {}): void {
  socket.say(JSON.stringify({ type, event_id: 'event_x', ...fields }));
}

/** The service takes whatever session it is asked for. */
function obliges(socket: FakeSocket, frame: string | Uint8Array): void {
  const { type, session } = JSON.parse(frame as string) as { type: string; session?: object };
  if (type === 'session.update') tell(socket, 'session.updated', { session });
}

function openaiWorld(): TalkWorld {
  return new TalkWorld({
    onFrame: obliges,
    session: { candidates: [openaiRealtime({ apiKey: 'sk-secret-key' })], format: FORMAT },
  });
}

/** Connected, and one turn of the user's was heard. */
async function heard(): Promise<TalkWorld> {
  const world = openaiWorld();
  const connecting = world.session.connect();
  await world.pass(10);
  tell(world.last, 'session.created', { session: {} });
  await world.pass(10);
  await connecting;
  tell(world.last, 'input_audio_buffer.speech_started', { item_id: 'item_u', audio_start_ms: 0 });
  tell(world.last, 'input_audio_buffer.speech_stopped', { item_id: 'item_u', audio_end_ms: 0 });
  tell(world.last, 'input_audio_buffer.committed', { item_id: 'item_u' });
  return world;
}

function transcribe({ last }: TalkWorld): void {
  tell(last, 'conversation.item.input_audio_transcription.completed', {
    item_id: 'item_u',
    content_index: 0,
    transcript: 'Hello.',
  });
}

function failTranscription({ last }: TalkWorld): void {
  tell(last, 'conversation.item.input_audio_transcription.failed', {
    item_id: 'item_u',
    content_index: 0,
    error: { type: 'server_error', code: 'rate_limit_exceeded', message: 'try again in 2s' },
  });
}

function begin({ last }: TalkWorld): void {
  tell(last, 'response.created', { response: { id: 'resp_1', status: 'in_progress' } });
}

function end({ last }: TalkWorld, status: string, error: object | null = null): void {
  const response = { id: 'resp_1', status, status_details: { type: status, error } };
  tell(last, 'response.done', { response });
}

const typesOf = ({ texts }: FakeSocket): readonly unknown[] =>
  texts.map((text) => (JSON.parse(text) as { type: unknown }).type);

const asked = ({ last }: TalkWorld): number =>
  typesOf(last).filter((type) => type === 'response.create').length;

describe('a turn whose transcription fails', () => {
  it('is answered once, where it fails while the answer is given', async () => {
    const world = await heard();
    begin(world);

    failTranscription(world);
    await world.pass(90_000);

    expect(world.eventsOf('warning')).toHaveLength(1);
    expect(asked(world)).toBe(0);
  });

  it('is answered once, where it fails before the answer begins', async () => {
    const world = await heard();

    failTranscription(world);
    await world.pass(90_000);

    expect(asked(world)).toBe(0);
  });
});

describe('an answer that meets a limit', () => {
  it.each([
    ['in the time that the service names', 'Please try again in 4.782s.', 4_782],
    ['after a minute where it names none', '', 60_000],
  ])('is asked for once more %s', async (_when, message, waitMs) => {
    const world = await heard();
    const limit = { type: 'tokens', code: 'rate_limit_exceeded', message };
    begin(world);
    transcribe(world);
    end(world, 'failed', limit);

    await world.pass(waitMs - 1);
    const before = asked(world);
    await world.pass(30);
    begin(world);
    end(world, 'failed', limit);
    await world.pass(90_000);

    expect([before, asked(world)]).toEqual([0, 1]);
  });

  it.each([
    ['in the time that the service names', 'Please try again in 4.782s.', 4_782],
    ['after a minute where it names none', '', 60_000],
  ])('before it begins is asked for once more %s', async (_when, message, waitMs) => {
    const world = await heard();
    transcribe(world);
    const limit = { type: 'tokens', code: 'rate_limit_exceeded', message, event_id: null };
    tell(world.last, 'error', { error: limit });

    await world.pass(waitMs - 1);
    const before = asked(world);
    await world.pass(30);

    expect([before, asked(world)]).toEqual([0, 1]);
  });

  it('is not asked for where something else met it', async () => {
    const world = await heard();
    transcribe(world);
    world.session.conversation.send('By the way.', { reply: false });
    const { event_id: eventId } = JSON.parse(world.last.texts.at(-1)!) as { event_id: string };
    const limit = { type: 'tokens', code: 'rate_limit_exceeded', message: '', event_id: eventId };

    tell(world.last, 'error', { error: limit });
    await world.pass(90_000);

    expect(asked(world)).toBe(0);
  });
});

describe('a service that never greets', () => {
  const SILENT = ['says nothing', []] as const;
  const MIDWAY = ['begins in the middle of things', ['response.created', 'response.done']] as const;

  it.each([SILENT, MIDWAY])('and %s is given up after 15 s', async (_how, types) => {
    const world = openaiWorld();
    const failed = world.session.connect().catch((error: unknown) => error);
    await world.pass(10);
    for (const type of types) tell(world.last, type, { response: { id: 'resp_1' } });

    await world.pass(14_900);
    const isPatient = world.last.isLive;
    await world.pass(600);

    expect([isPatient, world.last.isLive]).toEqual([true, false]);
    expect(await failed).toMatchObject({ message: expect.stringContaining('configure') });
    expect(world.last.texts).toEqual([]);
  });

  it.each([SILENT, MIDWAY])('on a later socket and %s is dialled again', async (_how, types) => {
    const world = await heard();
    world.last.end(1006);
    await world.pass(5_000);
    for (const type of types) tell(world.last, type, { response: { id: 'resp_1' } });
    const dialled = world.transport.sockets.length;

    await world.pass(20_000);
    tell(world.last, 'session.created', { session: {} });
    await world.pass(10);

    expect(world.transport.sockets.length).toBe(dialled + 1);
    expect(typesOf(world.socket(dialled))).toEqual([]);
    expect(typesOf(world.last)[0]).toBe('session.update');
    expect(world.session.status).toBe('active');
  });
});
