/** What it comes to: one sentence, and the ledger whose promise it rests on. */
import { CHUNK_MS } from './chunks.ts';
import {
  broken,
  durationMs,
  isGivenUp,
  isKept,
  isMeasured,
  ledger,
  oursMissing,
  phase,
  plain,
  plainMissing,
  positionMs,
  serverIsThere,
  trouble,
} from './state.ts';

export function Verdict() {
  const { mood, title, text } = verdict();
  return (
    <section class={`verdict is-${mood}`} aria-label="Result">
      <div class="verdict-words" role="status">
        <strong id="verdict">{title}</strong>
        <span>{text}</span>
      </div>
      <Ledger />
    </section>
  );
}

function Ledger() {
  const { captured, delivered, gap, buffered, replayed, holds, checks } = ledger.value;
  return (
    <div class="ledger" aria-label="The ledger of the tenuto session, in chunks of 0.1 s">
      <div class="sum">
        <Term name="captured" value={captured} />
        <i>=</i>
        <Term name="delivered" value={delivered} />
        <i>+</i>
        <Term name="gap" value={gap} />
        <i>+</i>
        <Term name="buffered" value={buffered} />
      </div>
      <span class={`check ${holds ? '' : 'is-broken'}`}>
        {`${holds ? '✓ holds' : '✗ broken'}, looked at ${checks.toLocaleString('en')} times · ${replayed} sent again`}
      </span>
    </div>
  );
}

function Term({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <span class="term" data-term={name}>
      <b key={value}>{value}</b>
      {name}
    </span>
  );
}

interface Words {
  readonly mood: 'calm' | 'good' | 'bad';
  readonly title: string;
  readonly text: string;
}

function verdict(): Words {
  if (trouble.value !== '')
    return { mood: 'bad', title: 'Something is wrong here.', text: trouble.value };
  if (!serverIsThere.value && phase.value !== 'running') {
    return { mood: 'bad', title: 'The demo’s server is gone.', text: 'Start it again: npm start' };
  }
  const faults = broken.value.length;
  const many = `${faults} ${faults === 1 ? 'fault' : 'faults'}`;
  const said = `${Math.round(positionMs.value / 1_000)} s of speech`;
  switch (phase.value) {
    case 'idle':
      return {
        mood: 'calm',
        title: 'Press play, then break things.',
        text: `${Math.round(durationMs.value / 1_000)} s of human speech. Every lost word stays visible as a hole.`,
      };
    case 'running':
      return {
        mood: 'calm',
        title: faults === 0 ? 'Now break something.' : `${many} so far.`,
        text: `Lost here: ${words(oursMissing.value)}. Lost there: ${words(plainMissing.value)}${lostSound()}.`,
      };
    case 'finishing':
      return {
        mood: 'calm',
        title: 'All is said.',
        text: 'What is still on its way is waited for.',
      };
    case 'done':
      return outcome(said, many);
  }
}

/** What was said and is known to nobody but by tenuto is held to chunks. */
function outcome(said: string, many: string): Words {
  const { captured, delivered } = ledger.value;
  const chunks = `${delivered} of ${captured} chunks delivered here`;
  const [here, there] = isMeasured.value
    ? [`${words(oursMissing.value)} lost here`, `${plainMissing.value} there`]
    : [chunks, `${words(plainMissing.value)} lost there`];
  return {
    mood: isKept.value ? 'good' : 'bad',
    title: `${said}, ${many}: ${here}, ${there}.`,
    text: outcomeText(),
  };
}

function outcomeText(): string {
  const { captured, delivered, gap, buffered, holds } = ledger.value;
  if (isKept.value) {
    return isMeasured.value
      ? 'Nothing was lost, and nothing was doubled.'
      : 'Nothing was lost. There is no text of it to compare with: the words there are held to those here.';
  }
  if (!holds) return 'The promise did not hold: the ledger is broken.';
  if (isGivenUp.value) return `The session was given up, with ${buffered} chunks not delivered.`;
  if (captured !== delivered)
    return `The promise did not hold: ${gap} chunks are a gap, ${buffered} did not arrive in time.`;
  return 'The promise did not hold: the words differ from those of a run without faults.';
}

/** It is lost before the recogniser could have told its words. */
function lostSound(): string {
  const chunks = plain.counts.value.lost;
  return chunks === 0 ? '' : `, ${((chunks * CHUNK_MS) / 1_000).toFixed(1)} s of speech`;
}

function words(count: number): string {
  return count === 1 ? '1 word' : `${count} words`;
}
