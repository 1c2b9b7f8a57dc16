/** What we send and read is what Google's SDK sends and reads, as far as its types say. */
import type {
  Content as SdkContent,
  GenerateContentResponse,
  LiveClientMessage,
  LiveClientSetup,
  LiveServerContent,
  LiveServerMessage,
  Part as SdkPart,
} from '@google/genai';
import { describe, expectTypeOf, it } from 'vitest';

import type {
  ContentFlag,
  Member,
  PartField,
  Transcribed,
} from '../../src/providers/gemini-live/names.ts';
import type { TextTurn } from '../../src/providers/gemini-live/restore.ts';
import type { Setup } from '../../src/providers/gemini-live/setup.ts';
import type { Content, Part } from '../../src/providers/gemini-llm/contents.ts';

/** The SDK's lists are mutable; ours are not, which is no difference on the wire. */
type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

/** Of each member of a union. */
type KeysOf<T> = T extends unknown ? keyof T : never;

type Turns = NonNullable<NonNullable<LiveClientMessage['clientContent']>['turns']>;

describe('types of Gemini', () => {
  it('know every field of our setup', () => {
    expectTypeOf<keyof Setup>().toExtend<keyof LiveClientSetup>();
    type Known = Omit<Mutable<Setup>, 'systemInstruction' | 'tools' | 'generationConfig'>;
    expectTypeOf<Known>().toExtend<LiveClientSetup>();
    expectTypeOf<Mutable<NonNullable<Setup['systemInstruction']>>>().toExtend<SdkContent>();
    type Tools = Mutable<NonNullable<Setup['tools']>>;
    expectTypeOf<Tools>().toExtend<NonNullable<LiveClientSetup['tools']>>();
  });

  it('know our turns and parts', () => {
    expectTypeOf<Mutable<TextTurn>[]>().toExtend<Turns>();
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
