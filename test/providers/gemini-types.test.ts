/** What we send and read is what Google's SDK sends and reads, as far as its types say. */
import type {
  GenerateContentResponse,
  LiveClientMessage,
  LiveServerContent,
  LiveServerMessage,
  Part as SdkPart,
} from '@google/genai';
import { describe, expectTypeOf, it } from 'vitest';

import type { ClientMessage } from '../../src/providers/gemini-live/client-message.ts';
import type {
  ContentFlag,
  Member,
  PartField,
  Transcribed,
} from '../../src/providers/gemini-live/names.ts';
import type { Content, Part } from '../../src/providers/gemini-llm/contents.ts';

/** The SDK's lists are mutable; ours are not, which is no difference on the wire. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

/** Of each member of a union. */
type KeysOf<T> = T extends unknown ? keyof T : never;

type MemberOf<T, Key> = T extends unknown ? (Key extends keyof T ? T[Key] : never) : never;

/** The SDK's enums as what they are on the wire. */
type Wire<T> = T extends string
  ? `${T}`
  : T extends (...args: never) => unknown
    ? T
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/** The names in ours, however deep, that are not in theirs: all of theirs are optional, so that any object would fit. */
type Strange<Ours, Theirs> = Ours extends readonly (infer Item)[]
  ? Strange<Item, Extract<Theirs, readonly unknown[]>[number]>
  : Ours extends object
    ? {
        [Key in keyof Ours & string]-?: Key extends KeysOf<Theirs>
          ? Strange<NonNullable<Ours[Key]>, NonNullable<MemberOf<Theirs, Key>>>
          : Key;
      }[keyof Ours & string]
    : never;

describe('types of Gemini', () => {
  it('know every message that is sent, and every name in it', () => {
    expectTypeOf<Mutable<ClientMessage>>().toExtend<Wire<LiveClientMessage>>();
    expectTypeOf<Strange<ClientMessage, LiveClientMessage>>().toBeNever();
  });

  it('would find a name that there is not', () => {
    interface Misspelt {
      setup: { generationConfig: { speechConfg: string } };
      toolAnswer: string;
    }
    expectTypeOf<Strange<Misspelt, LiveClientMessage>>().toEqualTypeOf<
      'speechConfg' | 'toolAnswer'
    >();
    interface Wrong {
      realtimeInput: { audio: string };
    }
    expectTypeOf<Wrong>().not.toExtend<Wire<LiveClientMessage>>();
  });

  it('know the turns and parts of questions over HTTP', () => {
    expectTypeOf<Mutable<Content>>().toExtend<{ role?: string; parts?: object[] }>();
    expectTypeOf<KeysOf<Part>>().toExtend<keyof SdkPart>();
  });

  it('know the members that are read', () => {
    expectTypeOf<Exclude<Member, 'error'>>().toExtend<keyof LiveServerMessage>();
    expectTypeOf<ContentFlag | Transcribed | 'turnCompleteReason' | 'modelTurn'>().toExtend<
      keyof LiveServerContent
    >();
    expectTypeOf<LiveServerContent[ContentFlag]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<LiveServerContent[Transcribed]>().toExtend<{ text?: string } | undefined>();
    expectTypeOf<PartField>().toExtend<keyof SdkPart>();
    expectTypeOf<'candidates' | 'promptFeedback' | 'usageMetadata'>().toExtend<
      keyof GenerateContentResponse
    >();
    type GoAway = NonNullable<LiveServerMessage['goAway']>['timeLeft'];
    expectTypeOf<GoAway>().toEqualTypeOf<string | undefined>();
  });
});
