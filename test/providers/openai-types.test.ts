/** Our wire types are what the service's own client types say; the compiler holds them against each other. */
import type {
  RealtimeClientEvent,
  RealtimeServerEvent,
  RealtimeSessionCreateRequest,
} from 'openai/resources/realtime/realtime';
import { describe, expect, expectTypeOf, it } from 'vitest';

import { KNOWN_AND_UNREAD } from '../../src/providers/openai-realtime/wire.ts';
import type {
  ClientEvent,
  CreatedItem,
  ServerEvent,
  SessionConfig,
} from '../../src/providers/openai-realtime/wire.ts';

/** Their types have writable lists, ours do not; a frame is a copy in any case. */
type Writable<T> = T extends (infer Part)[] | readonly (infer Part)[]
  ? Writable<Part>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;

type Named<Event extends { readonly type: string }, Type extends string> = Extract<
  Event,
  { readonly type: Type }
>;

type Ours<Type, Event = ServerEvent> = Event extends { readonly type: infer Types }
  ? Type extends Types
    ? Event
    : never
  : never;

/** Those of ours that have a field which their event of the same type does not have, or has as something else. */
type Unlike = {
  [Type in ServerEvent['type']]: Named<RealtimeServerEvent, Type> extends Omit<Ours<Type>, 'type'>
    ? never
    : Type;
}[ServerEvent['type']];

/** What is sent at all. */
type Sent =
  | 'session.update'
  | 'input_audio_buffer.append'
  | 'input_audio_buffer.commit'
  | 'conversation.item.create'
  | 'conversation.item.truncate'
  | 'conversation.item.delete'
  | 'response.create'
  | 'response.cancel';

describe('wire types', () => {
  it('send nothing that the service does not take', () => {
    expectTypeOf<Writable<SessionConfig>>().toExtend<RealtimeSessionCreateRequest>();
    expectTypeOf<Writable<ClientEvent>>().toExtend<RealtimeClientEvent>();
    expectTypeOf<Writable<CreatedItem>>().toExtend<
      Named<RealtimeClientEvent, 'conversation.item.create'>['item']
    >();
    expectTypeOf<ClientEvent['type']>().toEqualTypeOf<Sent>();
  });

  it('read fields that the service sends', () => {
    expectTypeOf<ServerEvent['type']>().toExtend<RealtimeServerEvent['type']>();
    expectTypeOf<Unlike>().toEqualTypeOf<never>();
  });

  it('leave unread only what is an event of the service', () => {
    type Left = Exclude<RealtimeServerEvent['type'], ServerEvent['type']>;
    const left: readonly Exclude<Left, `${string}mcp_${string}`>[] = [
      'conversation.item.deleted',
      'conversation.item.input_audio_transcription.segment',
      'conversation.item.retrieved',
      'conversation.item.truncated',
      'input_audio_buffer.cleared',
      'input_audio_buffer.dtmf_event_received',
      'output_audio_buffer.cleared',
      'output_audio_buffer.started',
      'output_audio_buffer.stopped',
      'response.content_part.added',
      'response.content_part.done',
      'response.function_call_arguments.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.output_text.done',
    ];

    expect([...KNOWN_AND_UNREAD].sort()).toEqual([...left].sort());
  });
});
