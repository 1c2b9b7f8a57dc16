/** The page, from top to bottom. */
import { ClientPanel } from './client-panel.tsx';
import { Controls } from './controls.tsx';
import { FaultButtons } from './fault-buttons.tsx';
import { LiveCharts } from '../inspector/live-charts.tsx';
import {
  charts,
  ours,
  oursAligned,
  oursMissing,
  plain,
  plainAligned,
  plainMissing,
} from './state.ts';
import { Verdict } from './verdict.tsx';

export function Page() {
  return (
    <div class="page">
      <header class="top">
        <span class="brand">
          <Mark />
          tenuto
        </span>
        <span class="held">held for its full value</span>
      </header>
      <main>
        <section class="intro">
          <h1>Break the connection. Keep every word.</h1>
          <p>
            The same speech goes to the same recogniser twice: through tenuto, and through an
            ordinary reconnecting WebSocket. Play it, then break both at the same moment.
          </p>
        </section>
        <Controls />
        <FaultButtons />
        <Verdict />
        <div class="pair">
          <ClientPanel
            kind="ours"
            title="With tenuto"
            about="createSession of tenuto/browser, as it comes: numbered chunks, kept until the gateway has committed them to its log."
            view={ours}
            words={oursAligned}
            missing={oursMissing}
          />
          <ClientPanel
            kind="plain"
            title="Plain WebSocket"
            about="reconnecting-websocket 4.4, as it comes: dials again after 1 to 10 s, queues while closed, and passes through a relay."
            view={plain}
            words={plainAligned}
            missing={plainMissing}
          />
        </div>
        <Charts />
      </main>
      <footer class="foot">
        <p>
          Everything runs on this machine: gateway, recogniser, and what breaks them. The recogniser
          is a small one and mishears some words; both sides are held to what it hears when nothing
          breaks.
        </p>
      </footer>
    </div>
  );
}

/** What decides, while it decides. */
function Charts() {
  const source = charts.value;
  return (
    <section class="decides" aria-labelledby="decides-title">
      <h2 id="decides-title">What decides</h2>
      <p class="about">
        The statechart of the tenuto connection as it runs in this page: the state it is in and the
        last transition are lit. Nothing is drawn by hand.
      </p>
      <div class="decides-stand">{source !== null && <LiveCharts source={source} isCompact />}</div>
    </section>
  );
}

/** The sign for which it is named: a note with a line above it. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <rect x="3" y="4" width="18" height="3" rx="1.5" fill="currentColor" />
      <ellipse
        cx="12"
        cy="15.5"
        rx="6.5"
        ry="5"
        transform="rotate(-18 12 15.5)"
        fill="currentColor"
      />
    </svg>
  );
}
