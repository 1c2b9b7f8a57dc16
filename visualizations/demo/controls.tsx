/** What is said, and how far it is. */
import { play, stop } from './run.browser.ts';
import { durationMs, isBusy, isMuted, phase, positionMs } from './state.ts';

export function Controls() {
  const isRunning = phase.value === 'running';
  const isFinishing = phase.value === 'finishing';
  const text = isRunning
    ? 'Stop'
    : isFinishing
      ? 'Finishing'
      : phase.value === 'done'
        ? 'Play again'
        : 'Play the speech';
  return (
    <section class="controls" aria-label="What is said">
      <button
        type="button"
        class="primary"
        id="play"
        aria-disabled={isFinishing}
        onClick={() => {
          if (isRunning) stop();
          else if (!isBusy.value) void play();
        }}
      >
        <span class="icon" aria-hidden="true">
          {isRunning ? '■' : '▶'}
        </span>
        {text}
        <kbd>P</kbd>
      </button>
      <button
        type="button"
        id="sound"
        aria-pressed={!isMuted.value}
        onClick={() => {
          isMuted.value = !isMuted.value;
        }}
      >
        {isMuted.value ? 'Sound off' : 'Sound on'}
        <kbd>M</kbd>
      </button>
      <Progress />
    </section>
  );
}

function Progress() {
  const ratio = Math.min(1, positionMs.value / durationMs.value);
  return (
    <div class="progress">
      <div class="track" aria-hidden="true">
        <div class="bar" style={{ transform: `scaleX(${ratio})` }} />
      </div>
      <span class="time">
        {clock(positionMs.value)} / {clock(durationMs.value)}
      </span>
    </div>
  );
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
