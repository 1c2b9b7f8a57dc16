/** One run: something is said, both clients send it, and what is broken meanwhile is survived or is not. */
import { inWords, listen } from './microphone.browser.ts';
import { forgetSpool, newSpoolName, sweepSpools } from './kept.browser.ts';
import { OurClient, showIdle } from './ours.browser.ts';
import { PlainClient } from './plain.browser.ts';
import { forgetRun, restoreRun, savePosition, saveRun } from './saved.browser.ts';
import type { RunToTakeUp } from './saved.browser.ts';
import { playSpeech } from './speech.browser.ts';
import type { OnChunk, Source } from './speech.browser.ts';
import {
  activeFaults,
  isBusy,
  nowMs,
  ours,
  phase,
  plain,
  positionMs,
  resetRun,
  source,
  trouble,
  wasWhole,
} from './state.ts';
import type { SourceName } from './state.ts';

/** After the last fault the plain client has so long for its last words: it waits up to 10 s before it dials again. */
const LAST_WORDS_MS = 15_000;
const SAVE_EVERY_MS = 500;

interface Clients {
  readonly ours: OurClient;
  readonly plain: PlainClient;
}

let playing: Source | null = null;

/** How many times real time the packaged speech goes out: `?speed=4`. */
const speedRatio = (() => {
  const given = Number(new URLSearchParams(location.search).get('speed') ?? 1);
  return given >= 0.5 && given <= 16 ? given : 1;
})();

export async function play(what: SourceName): Promise<void> {
  if (isBusy.value) return;
  resetRun();
  source.value = what;
  await run({ name: newSpoolName(), source: what }, true);
}

/** A page that was reloaded in mid-speech goes on where it was. */
export async function takeUp(): Promise<void> {
  const saved = restoreRun();
  if (saved === null) showIdle();
  else await run(saved, false);
  await sweepSpools().catch(() => undefined); // not every browser lists them
}

async function run({ name, source: what }: RunToTakeUp, isNew: boolean): Promise<void> {
  phase.value = 'running';
  const our = isNew ? await OurClient.open(name) : await takenUp(name);
  if (our === null) return;
  const clients: Clients = { ours: our, plain: new PlainClient() };
  const frames = drawFrames(clients);
  const stopSaving = keepSaved(name);
  const onChunk: OnChunk = (bytes, chunkMs) => {
    our.write(bytes);
    clients.plain.write(bytes);
    positionMs.value += chunkMs;
    savePosition();
  };
  try {
    const fromMs = positionMs.value;
    if (what === 'speech') playing = await playSpeech({ speedRatio, fromMs }, onChunk);
    else if (isNew) playing = await listen(onChunk);
    wasWhole.value = (await playing?.ended) ?? false;
  } catch (error) {
    trouble.value = inWords(error);
  }
  playing = null;
  phase.value = 'finishing';
  await finish(clients);
  stopSaving();
  await forgetSpool(name).catch(() => undefined); // it goes with what tabs left behind
  frames.stop();
  look(clients);
  phase.value = 'done';
}

/** @returns null where that cannot be: the page says why. */
async function takenUp(name: string): Promise<OurClient | null> {
  try {
    return await OurClient.takeUp(name);
  } catch (error) {
    forgetRun();
    resetRun();
    showIdle();
    phase.value = 'idle';
    const why = error instanceof Error ? error.message : String(error);
    trouble.value = `What was said before the reload is not taken up: ${why}`;
    return null;
  }
}

/** What both have come to. */
function look({ ours: our }: Clients): void {
  our.look();
  ours.look();
  plain.look();
}

function keepSaved(name: string): () => void {
  const save = (): void => saveRun(name);
  save();
  savePosition();
  const timer = setInterval(save, SAVE_EVERY_MS);
  addEventListener('pagehide', save);
  return () => {
    clearInterval(timer);
    removeEventListener('pagehide', save);
    forgetRun();
  };
}

/** What was said so far is brought to its end. */
export function stop(): void {
  playing?.stop();
}

async function finish({ ours: our, plain: other }: Clients): Promise<void> {
  const wasAnything = positionMs.value > 0;
  if (wasAnything) other.finish();
  const lastWords = wasAnything ? Promise.race([other.finished, lastWordsOver()]) : null;
  await Promise.all([our.finish(), lastWords]);
  other.close();
}

/** Nobody is cut short while something is broken. */
function lastWordsOver(): Promise<void> {
  return new Promise((resolve) => {
    let quietSinceMs = performance.now();
    const timer = setInterval(() => {
      if (activeFaults.value.length > 0) quietSinceMs = performance.now();
      if (performance.now() - quietSinceMs < LAST_WORDS_MS) return;
      clearInterval(timer);
      resolve();
    }, 200);
  });
}

function drawFrames(clients: Clients): { stop(): void } {
  let frame = 0;
  const draw = (): void => {
    look(clients);
    clients.plain.look();
    nowMs.value = Math.floor(performance.now() / 100) * 100;
    frame = requestAnimationFrame(draw);
  };
  frame = requestAnimationFrame(draw);
  return {
    stop: () => {
      cancelAnimationFrame(frame);
    },
  };
}
