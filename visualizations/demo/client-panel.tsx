/** One client: how its connection is, what arrived as text, and every chunk on its way. */
import type { ReadonlySignal } from '@preact/signals';

import type { AlignedWord } from './align.ts';
import type { ClientView } from './state.ts';
import { Strip } from './strip.tsx';
import { Transcript } from './transcript.tsx';

export interface ClientPanelProps {
  readonly kind: 'ours' | 'plain';
  readonly title: string;
  readonly about: string;
  readonly view: ClientView;
  readonly words: ReadonlySignal<readonly AlignedWord[]>;
  readonly missing: ReadonlySignal<number>;
}

export function ClientPanel({ kind, title, about, view, words, missing }: ClientPanelProps) {
  return (
    <section class={`panel is-${kind}`} id={kind} aria-labelledby={`${kind}-title`}>
      <div class="panel-head">
        <h2 id={`${kind}-title`}>{title}</h2>
        <Lost missing={missing} />
      </div>
      <About view={view} about={about} />
      <Link view={view} />
      <Transcript words={words} interim={view.interim} label={`${title}: the transcript`} />
      <Strip view={view} kind={kind} />
    </section>
  );
}

function About({ view, about }: Pick<ClientPanelProps, 'view' | 'about'>) {
  const note = view.note.value;
  return note === '' ? (
    <p class="about">{about}</p>
  ) : (
    <p class="about is-note" role="status">
      {note}
    </p>
  );
}

function Lost({ missing }: Pick<ClientPanelProps, 'missing'>) {
  const count = missing.value;
  return (
    <span key={count} class={`lost ${count > 0 ? 'is-some' : ''}`} data-lost={count}>
      {count === 1 ? '1 word lost' : `${count} words lost`}
    </span>
  );
}

function Link({ view }: { readonly view: ClientView }) {
  const { mood, label, detail } = view.link.value;
  return (
    <p class="link">
      <span class={`dot is-${mood}`} aria-hidden="true" />
      <span class="link-label">{label}</span>
      <span class="link-detail">{detail}</span>
    </p>
  );
}
