/** What is said, and how far it is. */
import { play, stop } from './run.browser.ts';
import { durationMs, isBusy, isMuted, phase, positionMs, source } from './state.ts';
import type { SourceName } from './state.ts';

export function Controls() {
  return (
    <section class="saying" aria-label="What is said">
      <Start
        what="speech"
        id="play"
        sign="▶"
        say={
          phase.value === 'done' && source.value === 'speech' ? 'Play it again' : 'Play the speech'
        }
        shortcut="P"
      />
      <Start what="microphone" id="speak" sign="●" say="Speak yourself" shortcut="S" />
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

interface StartProps {
  readonly what: SourceName;
  readonly id: string;
  readonly sign: string;
  readonly say: string;
  readonly shortcut: string;
}

/** Starts it, and ends it while it goes on; the other one waits. */
function Start({ what, id, sign, say, shortcut }: StartProps) {
  const isOurs = isBusy.value && source.value === what;
  const isRunning = isOurs && phase.value === 'running';
  const isOff = isBusy.value && !isRunning;
  return (
    <button
      type="button"
      class={what === 'speech' ? 'primary' : ''}
      id={id}
      aria-disabled={isOff}
      onClick={() => {
        if (isRunning) stop();
        else if (!isOff) void play(what);
      }}
    >
      <span class="icon" aria-hidden="true">
        {isRunning ? '■' : sign}
      </span>
      {isRunning ? 'Stop' : isOurs ? 'Finishing' : say}
      <kbd>{shortcut}</kbd>
    </button>
  );
}

function Progress() {
  const isOpen = source.value === 'microphone'; // nobody knows how long it will be
  const ratio = isOpen ? 0 : Math.min(1, positionMs.value / durationMs.value);
  return (
    <div class="progress">
      <div class="track" aria-hidden="true">
        <div class="bar" style={{ transform: `scaleX(${ratio})` }} />
      </div>
      <span class="time">
        {clock(positionMs.value)}
        {isOpen ? '' : ` / ${clock(durationMs.value)}`}
      </span>
    </div>
  );
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
