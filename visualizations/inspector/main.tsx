/** The page of `tenuto inspect`. */
import '../shared/theme.css';
import './page.css';

import { signal } from '@preact/signals';
import { render } from 'preact';

import { NO_NEWS, openFeed } from './feed.browser.ts';
import { HowTos } from './how-to.tsx';
import { LiveCharts } from './live-charts.tsx';
import type { ChartSource } from './live-charts.tsx';

const news = signal(NO_NEWS);
/** The page keeps what it has until the server is there again, and tells it all anew. */
const source = signal<ChartSource | null>(null);

function Page() {
  const { isOpen, title, note, howTo, dropped } = news.value;
  const shown = source.value;
  return (
    <main class="inspector">
      <header class="top">
        <h1>tenuto inspect</h1>
        <p class="title">{title}</p>
        {note !== '' && <p class="note">{note}</p>}
        {dropped > 0 && (
          <p class="note" role="status">
            {dropped} events were left out: this page was too slow for them.
          </p>
        )}
        <p class="link" role="status">
          {isOpen ? '' : 'tenuto inspect has ended, or cannot be reached'}
        </p>
      </header>
      <div class="stand">
        {shown !== null && (
          <LiveCharts source={shown} empty={howTo.length > 0 ? <HowTos all={howTo} /> : null} />
        )}
      </div>
    </main>
  );
}

const page = document.getElementById('page');
if (page !== null) render(<Page />, page);
openFeed({
  onNews: (told) => {
    news.value = told;
  },
  onSource: (next) => {
    source.value = next;
  },
});
