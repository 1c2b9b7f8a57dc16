/** The page of `tenuto inspect`. */
import '../shared/theme.css';
import './page.css';

import { signal } from '@preact/signals';
import { render } from 'preact';

import { openFeed } from './feed.browser.ts';
import type { Feed, FeedNews } from './feed.browser.ts';
import { LiveCharts } from './live-charts.tsx';

const AGAIN_AFTER_MS = 1_000;

const news = signal<FeedNews>({ isOpen: false, title: '', note: '', dropped: 0 });
const feed = signal<Feed | null>(null);

function open(): void {
  // The page keeps what it has until the server is there again, and tells it all anew.
  const next = openFeed(
    (told) => {
      news.value = told;
      if (told.isOpen && feed.value !== next) feed.value = next;
    },
    () => setTimeout(open, AGAIN_AFTER_MS),
  );
}

function Page() {
  const { isOpen, title, note, dropped } = news.value;
  const shown = feed.value;
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
      <div class="stand">{shown !== null && <LiveCharts source={shown.source} />}</div>
    </main>
  );
}

const page = document.getElementById('page');
if (page !== null) render(<Page />, page);
open();
