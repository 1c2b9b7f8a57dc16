/** What there is to do before anything is to be seen: lines to be copied. */
import { useSignal } from '@preact/signals';

import type { HowTo } from './feed.browser.ts';

export function HowTos({ all }: { readonly all: readonly HowTo[] }) {
  return (
    <div class="how-to">
      <h2>Nothing is watched yet</h2>
      {all.map(({ title, code }) => (
        <Lines key={title} title={title} code={code} />
      ))}
    </div>
  );
}

function Lines({ title, code }: HowTo) {
  const copied = useSignal<'' | 'Copied' | 'Not allowed'>('');
  const copy = (): void => {
    navigator.clipboard.writeText(code).then(
      () => (copied.value = 'Copied'),
      () => (copied.value = 'Not allowed'), // by the browser: the lines can be marked by hand
    );
  };
  return (
    <section>
      <header>
        <h3>{title}</h3>
        <button type="button" onClick={copy} aria-label={`Copy: ${title}`}>
          <span role="status">{copied.value === '' ? 'Copy' : copied.value}</span>
        </button>
      </header>
      <pre tabIndex={0}>{code}</pre>
    </section>
  );
}
