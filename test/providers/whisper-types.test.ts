/** What a clip is posted with, and what is read of its transcription, is what OpenAI's own client says. */
import type {
  TranscriptionCreateParamsBase,
  TranscriptionSegment,
  TranscriptionVerbose,
  TranscriptionWord,
} from 'openai/resources/audio/transcriptions';
import { describe, expectTypeOf, it } from 'vitest';

import type { AnswerField, SegmentField, WordField } from '../../src/providers/whisper/answer.ts';
import type { RequestField } from '../../src/providers/whisper/settings.ts';
import type { WhisperOptions } from '../../src/providers/whisper/whisper.ts';

/** Lists go as fields of a form with brackets behind their names. */
type Unlisted<Name extends string> = Name extends `${infer Plain}[]` ? Plain : Name;

/** The client knows the names of formats, and takes others. */
type Formats = Extract<TranscriptionCreateParamsBase['response_format'], string>;

describe('types of transcriptions', () => {
  it('know every field that is posted', () => {
    expectTypeOf<Unlisted<RequestField>>().toExtend<keyof TranscriptionCreateParamsBase>();
    expectTypeOf<NonNullable<WhisperOptions['responseFormat']>>().toExtend<Formats>();
    type Granularity = NonNullable<
      TranscriptionCreateParamsBase['timestamp_granularities']
    >[number];
    expectTypeOf<'word' | 'segment'>().toEqualTypeOf<Granularity>();
  });

  it('know every field that is read, and that it is what it is read as', () => {
    expectTypeOf<AnswerField>().toExtend<keyof TranscriptionVerbose>();
    expectTypeOf<SegmentField>().toExtend<keyof TranscriptionSegment>();
    expectTypeOf<WordField>().toExtend<keyof TranscriptionWord>();
    expectTypeOf<TranscriptionSegment[Exclude<SegmentField, 'text'>]>().toEqualTypeOf<number>();
    expectTypeOf<TranscriptionWord[Exclude<WordField, 'word'>]>().toEqualTypeOf<number>();
    expectTypeOf<TranscriptionVerbose['text']>().toEqualTypeOf<string>();
  });
});
