/** What the candidates of a session can do: what none of them can is refused at once, and not waited for. */
import type { TenutoError } from '../ports/errors.ts';
import { invalid } from '../ports/option-errors.ts';
import type { Component, Faculty, Provider } from '../providers/contract.ts';

interface Candidate {
  readonly provider: Provider;
}

type Candidates = readonly Candidate[];

export function facultiesOf({ traits, component }: Provider): readonly Faculty[] {
  return traits.faculties ?? FACULTIES[component] ?? ['hearing', 'speaking'];
}

const FACULTIES: Readonly<Partial<Record<Component, readonly Faculty[]>>> = {
  stt: ['hearing'],
  tts: ['speaking'],
  gateway: ['hearing'],
};

/** @throws TenutoError OPTION_INVALID where a text would wait for ever to be spoken. */
export function mustSpeak(candidates: Candidates): void {
  if (candidates.some(({ provider }) => speaksTexts(provider))) return;
  throw cannot('say', candidates, 'speaks what it is told', 'deepgramSpeak({ apiKey })');
}

/** @throws TenutoError OPTION_INVALID where a message would wait for ever to be answered. */
export function mustAnswer(candidates: Candidates): void {
  if (candidates.some(({ provider: { component } }) => !(component in FACULTIES))) return;
  throw cannot('send', candidates, 'answers', 'openaiRealtime({ apiKey })');
}

/**
 * Whether a voice agent can use this candidate for one of its parts.
 *
 * @throws TenutoError OPTION_INVALID
 */
export function mustServe(faculty: Faculty, given: Provider | Candidate): void {
  const provider = 'provider' in Object(given) ? (given as Candidate).provider : given;
  if (!('traits' in Object(provider))) return; // no provider at all, as its session will say
  const { name } = provider as Provider;
  const isFine =
    facultiesOf(provider as Provider).includes(faculty) &&
    (faculty === 'hearing' || speaksTexts(provider as Provider));
  if (isFine) return;
  throw invalid(
    `${faculty} has ${name}, which ${faculty === 'hearing' ? 'hears nothing' : 'speaks nothing that it is told'}.`,
    faculty === 'hearing'
      ? 'Give who transcribes, such as hearing: [deepgramListen({ apiKey })].'
      : 'Give who speaks, such as speaking: [deepgramSpeak({ apiKey })].',
  );
}

function speaksTexts({ traits }: Provider): boolean {
  return (traits.speech ?? null) !== null;
}

function cannot(what: string, candidates: Candidates, ability: string, such: string): TenutoError {
  const names = [...new Set(candidates.map(({ provider }) => provider.name))].join(' and ');
  return invalid(
    `Nothing comes of conversation.${what}: no candidate of this session (${names}) ${ability}.`,
    `Give one that does, such as ${such}, or take a voice agent (createVoiceAgent).`,
  );
}
