/** Which kind of service a script is of, and what of the suite has no place there. */
import type { AnyScript, ServiceFacts, ServiceScript, SpeechScript } from './provider-server.ts';
import type { RequestScript } from './request-script.ts';
import type { Frame } from '../../ports/socket.ts';
import type { ProviderTraits, SpeechLimits } from '../../providers/contract.ts';

const SAMPLE_RATE_HZ = 16_000;

/** Its provider makes its own sockets of requests. */
export function isByRequest(script: AnyScript): script is RequestScript {
  return 'hears' in script || 'speaks' in script;
}

export function isVoice(script: AnyScript): boolean {
  return isSpeechScript(script) || (isByRequest(script) && script.speaks !== undefined);
}

export function isSpeechScript(script: AnyScript): script is SpeechScript {
  return 'textIn' in script;
}

export function isServiceScript(script: AnyScript): script is ServiceScript {
  return 'result' in script;
}

/** A dial that asks the service something can be refused. */
export function canRefuseDials(script: AnyScript): boolean {
  return !isByRequest(script) || script.isDial !== undefined;
}

/** Where results do not tell their places, audio is held to be covered and no more. */
export function arePlacesTold(script: AnyScript): boolean {
  return isServiceScript(script) && script.places !== 'guessed';
}

/** Whether such a question of a session's is answered. */
export function answersOf(script: AnyScript): readonly ('flush' | 'goodbye')[] {
  if (script.answers !== undefined) return script.answers;
  const isAnswering = isByRequest(script) || script.onFrame !== undefined;
  if (!isAnswering) return [];
  return isVoice(script) ? ['goodbye'] : ['flush', 'goodbye'];
}

/** At which the suite speaks to a service. */
export function sampleRateOf({ sampleRateHz = SAMPLE_RATE_HZ }: ServiceFacts): number {
  return sampleRateHz;
}

/**
 * How much of what a frame carries is work for the service. Of what an adapter's own sockets are sent, the suite knows no
 * more than that something was.
 */
export function workIn(script: AnyScript, frame: Frame): number {
  if (isByRequest(script)) return 1;
  if (isSpeechScript(script)) return script.textIn(frame)?.length ?? 0;
  const audio = script.audioIn ? script.audioIn(frame) : typeof frame === 'string' ? null : frame;
  return audio?.length ?? 0;
}

/** How much text the service takes; null where there is nothing to hold it to. */
export function limitsOf(script: AnyScript, { speech }: ProviderTraits): SpeechLimits | null {
  const said = isSpeechScript(script)
    ? script.limits
    : isByRequest(script)
      ? script.speaks?.limits
      : undefined;
  return said ?? speech ?? null;
}

/** What no case tries, since a service of this kind has no place for it. */
export function placelessIn(
  script: AnyScript,
  { answersPings }: ProviderTraits,
): readonly string[] {
  return [
    ...(isVoice(script)
      ? [
          'a voice is sent no audio: no replay lasts or fails, so that nothing is tried in connected.replaying',
          'a voice has no results: none is committed',
        ]
      : []),
    ...(isByRequest(script)
      ? [
          'a request that stays unanswered ends by its own time-out: no silence is suspected, and none ends a link',
          'a standby has no request under way: it is neither lost nor silent in connected.standingBy',
        ]
      : []),
    ...(canRefuseDials(script)
      ? []
      : ['a dial asks the service nothing: none is refused or cut off']),
    ...(isByRequest(script) && !answersPings
      ? ['it answers no pings: none is sent between requests']
      : []),
  ];
}
