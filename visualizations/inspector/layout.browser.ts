/** The layout kernel in a worker of the page: its megabytes stay off the thread that paints. */
import ElkApi from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';

import type { Elk } from '../../src/charts/elk.ts';

/** The worker starts with the first chart. */
export function elkInWorker(): Elk {
  let elk: Elk | null = null;
  return {
    layout: (graph, options) => {
      elk ??= new ElkApi({ workerFactory: () => new Worker(workerUrl) });
      return elk.layout(graph, options);
    },
  };
}
