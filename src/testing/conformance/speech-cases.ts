/** What a voice is tried with beside the walks of its connection. */
import { finish } from './finish.ts';
import type { AnyScript } from './provider-server.ts';
import type { ConformanceRun } from './run.ts';
import { limitsOf } from './script-kinds.ts';
import { speakAll } from './speaking.ts';
import { occupy, stand } from './standing.ts';
import { mismatch } from './waiting.ts';
import type { Provider } from '../../providers/contract.ts';

/** A case of its own, with a session that has not connected yet. */
export interface NamedCourse {
  readonly name: string;
  readonly take: (run: ConformanceRun) => Promise<void>;
}

export function speechCases(script: AnyScript, provider: Provider): readonly NamedCourse[] {
  return [
    {
      name: 'What is lost while it is spoken is spoken again from the beginning of its sentence.',
      take: loseSpeech,
    },
    ...(limitsOf(script, provider.traits) === null
      ? []
      : [
          {
            name: 'Text goes out in pieces and at the pace that the service takes.',
            take: speakAtLength,
          },
        ]),
    ...(canBeHushed(provider)
      ? [
          {
            name: 'A voice that is interrupted drops what it was to say, and says what comes next.',
            take: interrupt,
          },
        ]
      : []),
  ];
}

function canBeHushed(provider: Provider): boolean {
  const stream = provider.openStream({ encoding: 'pcm_s16le', sampleRateHz: 16_000 });
  const order = { kind: 'interrupt', ref: null, heardMs: 0 } as const;
  stream.encodeOrder?.({ kind: 'say', id: 'sample', text: 'Sample.' });
  return (stream.encodeOrder?.(order) ?? null) !== null;
}

async function loseSpeech(run: ConformanceRun): Promise<void> {
  await stand(run);
  run.say();
  await soundHalf(run, { first: true });
  run.service.end('reset');
  await run.passUntil(() => run.session.status === 'reconnecting', 'loss of the connection');
  run.say();
  await finish(run);
}

/** The first sentence is spoken, and the second sounds. */
async function soundHalf(
  run: ConformanceRun,
  { first }: { readonly first: boolean },
): Promise<void> {
  const before = run.sounds.length;
  if (run.isByRequest) {
    await occupy(run);
    if (!first) return;
    const { link } = run.service.carrying;
    link.settle();
    await run.passUntil(() => run.sounds.length > before && link.isHolding === true, 'sound');
    return;
  }
  await run.service.heard();
  run.service.carrying.link.answer();
  await run.facts.until(
    () => run.sounds.length > before,
    () => 'sound of a text at the session',
  );
}

/** More than a minute takes, and one sentence that no message holds. */
async function speakAtLength(run: ConformanceRun): Promise<void> {
  const limits = limitsOf(run.service.server.script, run.provider.traits);
  const { maxCharsPerMessage = 0, maxCharsPerMinute = 0, maxFlushesPerMinute = 0 } = limits ?? {};
  const chars = Math.min(2 * maxCharsPerMinute, 10_000);
  const texts = Math.min(2 * maxFlushesPerMinute, 60);
  await stand(run);
  run.service.acceptAll();

  for (let said = 0; said < texts; said += 1) run.sayAll([`Short ${run.texts.length + 1}.`]);
  for (let said = 0; said < chars; said += 600) {
    run.sayAll([`${`long ${run.texts.length + 1} `.repeat(60).trim()}.`]);
  }
  if (maxCharsPerMessage < 10_000) {
    run.sayAll([`${`endless ${run.texts.length + 1} `.repeat(maxCharsPerMessage / 5).trim()}.`]);
  }
  await speakAll(run);
  await finish(run);
}

async function interrupt(run: ConformanceRun): Promise<void> {
  await stand(run);
  run.say();
  await soundHalf(run, { first: false });
  for (const text of run.texts) text.isDropped = true;
  run.session.conversation.interrupt();
  const heardBefore = Buffer.concat(run.sounds);

  await speakNext(run);
  await run.passUntil(() => run.service.isCalm, 'quiet');
  assertDropped(run, heardBefore);
  await finish(run);
}

async function speakNext(run: ConformanceRun): Promise<void> {
  run.say();
  await speakAll(run);
}

/** After the interruption only the next text was heard. */
function assertDropped(run: ConformanceRun, before: Buffer): void {
  const isTold = run.events.some(({ type, ...event }) => {
    return type === 'spoken' && (event as { id?: string }).id === run.texts[0]?.id;
  });
  if (isTold) throw mismatch('a text that was interrupted was told to be spoken');
  const after = Buffer.concat(run.sounds).subarray(before.length);
  const fresh = run.service.links
    .flatMap(({ link }) => link.spoken ?? [])
    .filter(({ text }) => run.texts.at(-1)?.sentences.includes(text) === true);
  const wanted = Buffer.concat(fresh.map(({ pcm }) => pcm));
  if (after.equals(wanted)) return;
  throw mismatch('after an interruption something else was heard than what was said next');
}
