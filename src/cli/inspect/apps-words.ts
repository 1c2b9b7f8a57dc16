/** What `tenuto inspect` says while it waits for an app: the same on the terminal and on the page. */
import type { Shown } from './viewers.ts';

/** What goes into the app that is to be watched. */
export function linesForApp(url: string): readonly string[] {
  return [
    `import { createWebSocketInspector } from '@statelyai/inspect';`,
    `const { inspect } = createWebSocketInspector({ url: '${url}' });`,
    'createActor(machine, { inspect }).start();',
  ];
}

const LINES_FOR_GATEWAY = [
  '# prints its token, and the line that watches it:',
  'npx tenuto serve --inspect',
  '# a flight recording:',
  'npx tenuto inspect night.jsonl',
];

/** @param url where apps tell what happens in them; empty before it is known. */
export function appsShown(count: number, url: string): Shown {
  if (count > 0) return { title: count === 1 ? 'one app' : `${count} apps`, note: '' };
  return {
    title: 'waiting for an app',
    note: '',
    howTo: [
      { title: 'In an app of XState 5', code: linesForApp(url).join('\n') },
      { title: 'Or instead, a gateway or a recording', code: LINES_FOR_GATEWAY.join('\n') },
    ],
  };
}
