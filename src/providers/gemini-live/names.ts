/**
 * The names that are read of a server's frames, as types: whoever reads another one by mistake does not compile, and
 * tests hold them against the types of the service's own client.
 */
import { booleanAt, objectAt, objectsAt, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

/** `error` is none of the client's: an error over a socket was seen as HTTP tells it. */
export type Member =
  | 'setupComplete'
  | 'serverContent'
  | 'toolCall'
  | 'toolCallCancellation'
  | 'goAway'
  | 'sessionResumptionUpdate'
  | 'voiceActivity'
  | 'voiceActivityDetectionSignal'
  | 'error';

export type ContentFlag = 'interrupted' | 'generationComplete' | 'turnComplete';

export type Transcribed =
  'inputTranscription' | 'interimInputTranscription' | 'outputTranscription';

export type PartField = 'text' | 'thought' | 'thoughtSignature' | 'functionCall' | 'inlineData';

type Reader<Of, Name, Value> = (of: Of, name: Name) => Value;

export const memberAt: Reader<JsonObject, Member, JsonObject | null> = objectAt;
export const callsAt: Reader<JsonObject | null, 'functionCalls', readonly JsonObject[]> = objectsAt;
export const contentFlagAt: Reader<JsonObject | null, ContentFlag, boolean | null> = booleanAt;
export const reasonAt: Reader<JsonObject | null, 'turnCompleteReason', string | null> = stringAt;
export const transcribedAt: Reader<JsonObject | null, Transcribed, JsonObject | null> = objectAt;
export const partFlagAt: Reader<JsonObject, PartField, boolean | null> = booleanAt;
export const partTextAt: Reader<JsonObject | null, PartField, string | null> = stringAt;
export const partObjectAt: Reader<JsonObject, PartField, JsonObject | null> = objectAt;
