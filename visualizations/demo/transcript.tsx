/** The words as they come; what was said and never came stays visible as a hole. */
import type { ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

import type { AlignedWord } from './align.ts';

export interface TranscriptProps {
  readonly words: ReadonlySignal<readonly AlignedWord[]>;
  readonly interim: ReadonlySignal<string>;
  readonly label: string;
}

export function Transcript({ words, interim, label }: TranscriptProps) {
  const box = useRef<HTMLDivElement>(null);
  const said = words.value;
  const now = interim.value;
  // What follows other words than before is another text: the one before has not moved, it is gone.
  const before = useRef({ said, count: 0 });
  if (before.current.said !== said) before.current = { said, count: before.current.count + 1 };
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, [said, now]);
  return (
    <div
      class="transcript"
      ref={box}
      role="log"
      aria-label={label}
      tabIndex={0}
      onScroll={({ currentTarget }) => {
        currentTarget.classList.toggle('is-scrolled', currentTarget.scrollTop > 0);
      }}
    >
      {said.length === 0 && now === '' ? <span class="nothing">The words appear here.</span> : null}
      {said.map(({ text, fate }, at) => (
        <Word key={at} text={text} fate={fate} />
      ))}
      <span class="interim" key={`now ${before.current.count}`}>
        {now}
      </span>
    </div>
  );
}

/** The space after a word is its own: what is lost in one stretch is one hole. */
function Word({ text, fate }: AlignedWord) {
  if (fate === 'heard') return <span>{`${text} `}</span>;
  if (fate === 'other') return <u title="heard differently">{`${text} `}</u>;
  if (fate === 'extra') return <u title="not said">{`${text} `}</u>;
  return <del title="lost">{`${text} `}</del>;
}
