/** What a session is asked for, at the door: the service discards a whole update for one wrong field. */
import { checkName, checkNumber, checkOptions, invalid } from '../../ports/option-errors.ts';
import { checkTools, OPENAI_TOOL_NAMES } from '../wire/tools.ts';
import type { SessionWishes, Transcription, TurnDetection } from './session-config.ts';

type FieldsOf<T extends TurnDetection['type']> = Readonly<
  Record<keyof Extract<TurnDetection, { type: T }>, true>
>;

/** Every field, by how turns are found. */
const DETECTION_FIELDS: { readonly [T in TurnDetection['type']]: FieldsOf<T> } = {
  serverVad: {
    type: true,
    threshold: true,
    prefixPaddingMs: true,
    silenceDurationMs: true,
    idleTimeoutMs: true,
    createsReply: true,
    interruptsReply: true,
  },
  semanticVad: { type: true, eagerness: true, createsReply: true, interruptsReply: true },
};

const TRANSCRIPTION_FIELDS: Readonly<Record<keyof Transcription, true>> = {
  model: true,
  language: true,
  prompt: true,
};

const EAGERNESS = { low: true, medium: true, high: true, auto: true } as const;
const MODALITIES = { audio: true, text: true } as const;
const TIMES = ['prefixPaddingMs', 'silenceDurationMs', 'idleTimeoutMs'] as const;

/** @throws TenutoError OPTION_INVALID */
export function checkWishes(wishes: SessionWishes): void {
  checkTools(wishes.tools, OPENAI_TOOL_NAMES);
  if (wishes.turnDetection != null) checkDetection(wishes.turnDetection);
  if (wishes.transcription != null) {
    checkOptions('transcription', wishes.transcription, TRANSCRIPTION_FIELDS);
  }
  const modalities: unknown = wishes.outputModalities;
  if (modalities === undefined) return;
  if (!Array.isArray(modalities) || modalities.length === 0) {
    throw invalid('outputModalities is empty, or no list.', "Give ['audio'] or ['text'].");
  }
  for (const modality of modalities) checkName('output modality', String(modality), MODALITIES);
}

function checkDetection(detection: TurnDetection): void {
  checkName('turnDetection type', detection.type, DETECTION_FIELDS);
  checkOptions(detection.type, detection, DETECTION_FIELDS[detection.type]);
  if (detection.type === 'semanticVad') {
    const { eagerness = 'auto' } = detection;
    checkName('eagerness', eagerness, EAGERNESS);
    return;
  }
  const { threshold = 0 } = detection;
  checkNumber('turnDetection.threshold', threshold, threshold >= 0 && threshold <= 1, 'of 0 to 1');
  for (const name of TIMES) {
    const value = detection[name] ?? 0;
    const isFine = Number.isInteger(value) && value >= 0;
    checkNumber(`turnDetection.${name}`, value, isFine, 'of whole milliseconds from 0 up');
  }
}
