/** Which audio is done with, and what the user said in it. */
import { describe, expect, it } from 'vitest';

import { kindsOf, samples, sentBy, wire, World } from './openai-world.ts';
import type { ProviderEvent, ProviderTranscript } from '../../src/providers/contract.ts';

function configured(options: ConstructorParameters<typeof World>[0] = {}): World {
  const world = new World(options);
  world.configure();
  return world;
}

function finals(events: readonly ProviderEvent[]): readonly ProviderTranscript[] {
  return events.filter(
    (event): event is ProviderTranscript => event.kind === 'transcript' && event.isFinal,
  );
}

const SILENT = { text: '', words: [], isFinal: true, endsUtterance: false, answersFlush: false };

describe('a turn', () => {
  it('is told where it begins, and done with when its text is there', () => {
    const world = configured();
    world.sendAudio(5_000);

    const heard = world.hear('item_u', 1_000, 3_000);
    const done = world.transcribe('item_u', 'Hello.');

    expect(heard).toEqual([
      { kind: 'speechStarted', atSample: samples(1_000) },
      {
        kind: 'item',
        ref: 'item_u',
        role: 'user',
        status: 'inProgress',
        startSample: samples(1_000),
      },
      {
        kind: 'item',
        ref: 'item_u',
        role: 'user',
        status: 'inProgress',
        startSample: samples(1_000),
        endSample: samples(3_000),
      },
    ]);
    expect(done).toEqual([
      {
        kind: 'transcript',
        text: 'Hello.',
        words: [],
        startSample: 0,
        endSample: samples(3_000),
        isFinal: true,
        endsUtterance: true,
        answersFlush: false,
      },
      {
        kind: 'item',
        ref: 'item_u',
        role: 'user',
        text: 'Hello.',
        status: 'completed',
        startSample: samples(1_000),
        endSample: samples(3_000),
      },
    ]);
  });

  it('is done with when its reply has ended first, and given its text later', () => {
    const world = configured();
    world.sendAudio(5_000);
    world.hear('item_u', 1_000, 3_000);
    world.reply();

    const ended = world.endReply();
    const late = world.transcribe('item_u', 'Hello.');
    const again = world.transcribe('item_u', 'Hello.');

    expect(kindsOf(ended)).toEqual(['transcript', 'item', 'replyEnded']);
    expect(finals(ended)).toMatchObject([{ text: '', endSample: samples(3_000) }]);
    expect(late).toEqual([
      { kind: 'item', ref: 'item_u', role: 'user', text: 'Hello.', status: 'completed' },
    ]);
    expect(again).toEqual([]);
  });

  it('waits for its text where its reply was cut off first', () => {
    const world = configured();
    world.sendAudio(5_000);
    world.hear('item_u', 1_000, 3_000);
    world.reply();

    const cutOff = world.endReply('cancelled');
    const done = world.transcribe('item_u', 'Hello.');

    expect(finals(cutOff)).toEqual([]);
    expect(finals(done)).toMatchObject([{ text: 'Hello.', endSample: samples(3_000) }]);
  });

  it('is done with, without a text, when its transcription has failed', () => {
    const world = configured();
    world.sendAudio(5_000);
    world.hear('item_u', 1_000, 3_000);

    const events = world.tell('conversation.item.input_audio_transcription.failed', {
      item_id: 'item_u',
      content_index: 0,
      error: { type: 'server_error', code: 'DeploymentNotFound', message: 'failed' },
    });

    expect(kindsOf(events)).toEqual(['transcript', 'item', 'failed']);
    expect(finals(events)).toMatchObject([{ text: '', endSample: samples(3_000) }]);
    expect(events.at(-1)).toMatchObject({ failure: { kind: 'perRequest' } });
  });

  it('waits for the one before it, so that finals tile the audio', () => {
    const world = configured();
    world.sendAudio(9_000);
    world.hear('item_1', 1_000, 3_000);
    world.hear('item_2', 4_000, 6_000);

    const second = world.transcribe('item_2', 'two');
    const first = world.transcribe('item_1', 'one');

    expect(second).toEqual([]);
    expect(finals(first)).toMatchObject([
      { text: 'one', startSample: 0, endSample: samples(3_000) },
      { text: 'two', startSample: samples(3_000), endSample: samples(6_000) },
    ]);
  });

  it('is told word by word while it is transcribed', () => {
    const world = configured();
    world.sendAudio(5_000);
    world.hear('item_u', 1_000, 3_000);
    const type = 'conversation.item.input_audio_transcription.delta';

    world.tell(type, { item_id: 'item_u', content_index: 0, delta: 'Hello' });
    const events = world.tell(type, { item_id: 'item_u', content_index: 0, delta: ' there' });

    expect(events).toMatchObject([
      { kind: 'transcript', text: 'Hello there', isFinal: false, startSample: samples(1_000) },
      { kind: 'item', text: 'Hello there', status: 'inProgress' },
    ]);
  });

  it('that came to nothing is done with where the next one begins', () => {
    const world = configured();
    world.sendAudio(5_000);
    const start = { item_id: 'item_1', audio_start_ms: 1_000 };
    world.tell('input_audio_buffer.speech_started', start);

    const events = world.hear('item_2', 3_000, 4_000);

    expect(finals(events)).toMatchObject([{ text: '', startSample: 0, endSample: samples(3_000) }]);
  });

  it('ends nowhere beyond the audio that was sent', () => {
    const world = configured();
    world.sendAudio(1_000);
    world.hear('item_u', 500, 99_000);

    expect(finals(world.transcribe('item_u', 'x'))).toMatchObject([{ endSample: samples(1_000) }]);
  });

  it('keeps its audio where its reply failed, until it has a text', () => {
    const world = configured();
    world.sendAudio(5_000);
    world.hear('item_u', 1_000, 3_000);
    world.reply();

    const failed = world.endReply('failed', { error: { code: 'rate_limit_exceeded' } });
    const done = world.transcribe('item_u', 'Hello.');

    expect(finals(failed)).toEqual([]);
    expect(finals(done)).toMatchObject([{ text: 'Hello.' }]);
  });

  it('without transcription is done with when its reply has ended', () => {
    const world = configured({ transcription: null });
    world.sendAudio(5_000);
    const heard = world.hear('item_u', 1_000, 3_000);
    world.reply();

    expect(finals(heard)).toEqual([]);
    expect(finals(world.endReply())).toMatchObject([{ endSample: samples(3_000) }]);
  });

  it('without transcription or reply is done with at once', () => {
    const world = configured({
      transcription: null,
      turnDetection: { type: 'serverVad', createsReply: false },
    });
    world.sendAudio(5_000);

    expect(finals(world.hear('item_u', 1_000, 3_000))).toMatchObject([
      { endSample: samples(3_000) },
    ]);
  });
});

describe('silence', () => {
  it('is done with up to the turn that is under way', () => {
    const world = configured();
    world.sendAudio(9_000);

    const before = world.stream.settleSilence?.(samples(2_000));
    const start = { item_id: 'item_u', audio_start_ms: 3_000 };
    world.tell('input_audio_buffer.speech_started', start);
    const during = world.stream.settleSilence?.(samples(8_000));
    const again = world.stream.settleSilence?.(samples(8_000));

    expect(before).toMatchObject([{ ...SILENT, startSample: 0, endSample: samples(2_000) }]);
    expect(during).toMatchObject([
      { ...SILENT, startSample: samples(2_000), endSample: samples(3_000) },
    ]);
    expect(again).toEqual([]);
  });

  it('is never told of where turns are ended by us', () => {
    const world = configured({ turnDetection: null });
    world.sendAudio(9_000);

    expect(world.stream.settleSilence?.(samples(8_000))).toEqual([]);
    expect(world.provider.traits.silenceSettlesAfterMs).toBeNull();
  });
});

describe('a flush', () => {
  const committed = (world: World, ref: string): readonly ProviderEvent[] =>
    world.tell('input_audio_buffer.committed', { item_id: ref });

  it('is answered by the text of what it commits', () => {
    const world = configured();
    world.sendAudio(2_000);
    const [commit] = wire([world.stream.encodeFlush()!]);
    world.sendAudio(1_000);

    const told = committed(world, 'item_f');
    const done = world.transcribe('item_f', 'and so');

    expect(commit).toEqual({ type: 'input_audio_buffer.commit', event_id: 'tenuto_2' });
    expect(told).toEqual([]);
    expect(finals(done)).toMatchObject([
      { text: 'and so', endSample: samples(2_000), answersFlush: true, endsUtterance: true },
    ]);
  });

  it('is answered without a text where there is nothing to commit', () => {
    const world = configured();
    world.sendAudio(2_000);
    world.stream.encodeFlush();

    const events = world.complain({
      code: 'input_audio_buffer_commit_empty',
      event_id: 'tenuto_2',
    });

    expect(events).toEqual([
      {
        ...SILENT,
        kind: 'transcript',
        startSample: 0,
        endSample: samples(2_000),
        answersFlush: true,
      },
    ]);
  });

  it('that commits silence makes no turn of it', () => {
    const world = configured();
    world.sendAudio(2_000);
    world.stream.encodeFlush();

    const events = [...committed(world, 'item_f'), ...world.transcribe('item_f', '')];

    expect(events).toMatchObject([
      { kind: 'transcript', answersFlush: true, endsUtterance: false },
    ]);
  });

  it('waits for a turn that the service ended just before it', () => {
    const world = configured();
    world.sendAudio(2_000);
    world.tell('input_audio_buffer.speech_started', { item_id: 'item_u', audio_start_ms: 500 });
    world.stream.encodeFlush();
    world.tell('input_audio_buffer.speech_stopped', { item_id: 'item_u', audio_end_ms: 1_500 });
    committed(world, 'item_u');

    const empty = world.complain({
      code: 'input_audio_buffer_commit_empty',
      event_id: 'tenuto_2',
    });
    const done = world.transcribe('item_u', 'Hello.');

    expect(empty).toEqual([]);
    expect(finals(done)).toMatchObject([
      { text: 'Hello.', answersFlush: false, endSample: samples(1_500) },
      { text: '', answersFlush: true, endSample: samples(2_000) },
    ]);
  });
});

describe('the end of a turn, by us', () => {
  it('commits and asks for an answer where nothing detects it', () => {
    const world = configured({ turnDetection: null });
    world.sendAudio(2_000);

    const frames = wire(world.stream.encodeOrder!({ kind: 'endTurn' }));
    const told = world.tell('input_audio_buffer.committed', { item_id: 'item_u' });

    expect(frames.map(({ type }) => type as string)).toEqual([
      'input_audio_buffer.commit',
      'response.create',
    ]);
    expect(told).toMatchObject([{ kind: 'item', status: 'inProgress', endSample: samples(2_000) }]);
  });

  it('asks for an answer only to what it committed where the service detects turns too', () => {
    const world = configured();
    world.sendAudio(2_000);

    const frames = wire(world.stream.encodeOrder!({ kind: 'endTurn' }));
    const told = world.tell('input_audio_buffer.committed', { item_id: 'item_u' });

    expect(frames.map(({ type }) => type as string)).toEqual(['input_audio_buffer.commit']);
    expect(sentBy(told)).toMatchObject([{ type: 'response.create' }]);
  });
});
