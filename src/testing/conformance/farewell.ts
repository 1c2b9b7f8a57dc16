/** A session that is closed while its last words are still open: it asks for them, and says goodbye. */
import { assertOver, LAST_WORDS, noEnd, shown } from './finish.ts';
import type { ConformanceRun } from './run.ts';
import { speakTheRest } from './speaking.ts';
import { mismatch } from './waiting.ts';

/** Rejects with a TenutoError `MODEL_MISMATCH` where a question that the service answers is not put, or not understood. */
export async function farewell(run: ConformanceRun): Promise<void> {
  run.connect();
  run.service.accept(await run.service.nextDial());
  await run.passUntil(() => run.session.status === 'active', 'connection that stands');
  if (run.isByRequest) run.service.acceptAll();
  if (run.speech === null) run.microphone.speak(LAST_WORDS);
  else await speakTheRest(run);
  await run.service.heard();

  let isClosed = false;
  const closing = run.session.close().then(() => {
    isClosed = true;
    run.facts.changed();
  });
  const isAsked = (question: 'flush' | 'goodbye') => (): boolean =>
    run.provider[question] !== undefined || isClosed;

  if (run.answers('flush')) {
    await run.facts.until(isAsked('flush'), () => 'question for a flush');
    assertGiven(run, 'flush', 'encodeFlush');
    await run.facts.until(
      () => run.provider.isFlushAnswered,
      () =>
        `answer to the flush (${shown(run.provider.flush)}): either the script's \`onFrame\` does not know this frame, or \`decode\` does not say \`answersFlush\` of its answer`,
    );
  }
  await run.passUntil(isAsked('goodbye'), 'goodbye');
  if (run.answers('goodbye')) {
    assertGiven(run, 'goodbye', 'encodeGoodbye');
    await run.facts.until(() => isClosed, noEnd(run));
  }
  await run.passUntil(() => isClosed, 'end of the session');
  await closing;
  await assertOver(run);
}

function assertGiven(
  { provider }: ConformanceRun,
  question: 'flush' | 'goodbye',
  method: string,
): void {
  if (provider[question] !== null && provider[question] !== undefined) return;
  throw mismatch(
    `${method} gave no frame, and the service answers a ${question}`,
    `Mend \`${method}\`; or say by \`answers\` in the script what the service answers, where that is no ${question}.`,
  );
}
