/** What we send to Deepgram and read of it is what its own client sends and reads, as far as its types say. */
import type { DeepgramClient, listen, speak } from '@deepgram/sdk';
import { describe, expectTypeOf, it } from 'vitest';

import type { FluxQueryName } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import type {
  FluxCommand,
  FluxErrorField,
  FluxField,
  FluxType,
  FluxWordField,
} from '../../src/providers/deepgram-flux/wire.ts';
import type {
  ListenAlternative,
  ListenMessage,
  ListenType,
  ListenWord,
} from '../../src/providers/deepgram-listen/decode.ts';
import type { ListenQueryName } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import type { ListenCommand } from '../../src/providers/deepgram-listen/stream.ts';
import type { SpeakQueryName } from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import type {
  SpeakCommand,
  SpeakType,
  WarningField,
} from '../../src/providers/deepgram-speak/stream.ts';

/** Of each member of a union. */
type KeysOf<T> = T extends unknown ? keyof T : never;

/** The arguments that a socket is opened with. */
type ArgumentsOf<Connect extends (...args: never) => unknown> = keyof Parameters<Connect>[0];

type ListenSocket = DeepgramClient['listen']['v1']['connect'];
type FluxSocket = DeepgramClient['listen']['v2']['connect'];
type SpeakSocket = DeepgramClient['speak']['v1']['connect'];
type SpeakPost = DeepgramClient['speak']['v1']['audio']['generate'];

describe('types of Deepgram listen', () => {
  type Message =
    | listen.ListenV1Results
    | listen.ListenV1Metadata
    | listen.ListenV1SpeechStarted
    | listen.ListenV1UtteranceEnd;
  type Alternative = listen.ListenV1Results['channel']['alternatives'][number];

  it('know every message and field that is read, but for errors, which they do not name', () => {
    expectTypeOf<Exclude<ListenType, 'Error'>>().toEqualTypeOf<Message['type']>();
    expectTypeOf<Exclude<keyof ListenMessage, 'description' | 'message'>>().toExtend<
      KeysOf<Message>
    >();
    expectTypeOf<keyof NonNullable<ListenMessage['channel']>>().toEqualTypeOf<
      keyof listen.ListenV1Results['channel']
    >();
    expectTypeOf<keyof ListenAlternative>().toExtend<keyof Alternative>();
    expectTypeOf<keyof ListenWord>().toExtend<keyof Alternative['words'][number]>();
  });

  it('know every command and name of the query', () => {
    expectTypeOf<ListenCommand['type']>().toEqualTypeOf<
      keyof typeof listen.ListenV1Finalize.Type
    >();
    expectTypeOf<ListenCommand>().toExtend<
      listen.ListenV1KeepAlive | listen.ListenV1Finalize | listen.ListenV1CloseStream
    >();
    expectTypeOf<ListenQueryName>().toExtend<ArgumentsOf<ListenSocket>>();
  });
});

describe('types of Flux', () => {
  type Turn = listen.ListenV2TurnInfo;
  type Message =
    | Turn
    | listen.ListenV2Connected
    | listen.ListenV2ConfigureFailure
    | listen.ListenV2ConfigureSuccess
    | listen.ListenV2FatalError;

  it('know every message and field that is read', () => {
    expectTypeOf<FluxType>().toEqualTypeOf<Message['type']>();
    expectTypeOf<FluxField>().toExtend<keyof Turn>();
    expectTypeOf<'sequence_id'>().toExtend<keyof Message>();
    expectTypeOf<FluxWordField>().toExtend<keyof Turn['words'][number]>();
    expectTypeOf<Exclude<FluxErrorField, 'message'>>().toExtend<keyof listen.ListenV2FatalError>();
  });

  it('know every command and name of the query', () => {
    type Close = keyof typeof listen.ListenV2CloseStream.Type;
    type Force = listen.ListenV2ForceEndTurn['type'];
    expectTypeOf<FluxCommand['type']>().toEqualTypeOf<Close | Force>();
    expectTypeOf<FluxQueryName>().toExtend<ArgumentsOf<FluxSocket>>();
  });
});

describe('types of Deepgram speak', () => {
  type Answer = keyof typeof speak.SpeakV1Flushed.Type;
  type Message = speak.SpeakV1Metadata['type'] | speak.SpeakV1Warning['type'] | Answer;

  it('know every message and field that is read, but for errors, which they do not name', () => {
    expectTypeOf<Exclude<SpeakType, 'Error'>>().toEqualTypeOf<Message>();
    expectTypeOf<WarningField>().toExtend<keyof speak.SpeakV1Warning>();
  });

  it('know every command and name of the query', () => {
    type Bare = keyof typeof speak.SpeakV1Flush.Type;
    type Said = Extract<SpeakCommand, { readonly text: string }>;
    expectTypeOf<Said>().toEqualTypeOf<Readonly<speak.SpeakV1Text>>();
    expectTypeOf<Exclude<SpeakCommand, Said>['type']>().toEqualTypeOf<Bare>();
    expectTypeOf<SpeakQueryName>().toExtend<ArgumentsOf<SpeakSocket>>();
    expectTypeOf<SpeakQueryName | 'container'>().toExtend<ArgumentsOf<SpeakPost>>();
    expectTypeOf<Parameters<SpeakPost>[0]['text']>().toEqualTypeOf<string>();
  });
});
