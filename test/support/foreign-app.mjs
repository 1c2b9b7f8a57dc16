// An app of XState 5 that has nothing of tenuto: it is watched by the inspector of @statelyai/inspect.
import process from 'node:process';
import { createWebSocketInspector } from '@statelyai/inspect';
import { createActor, createMachine } from 'xstate';

const light = createMachine({
  id: 'light',
  initial: 'red',
  states: {
    red: { description: 'Wait.', on: { next: 'green' } },
    green: { description: 'Go.', on: { next: { target: 'yellow', guard: () => true } } },
    yellow: { after: { 600000: 'red' }, on: { next: 'red' } },
  },
});

const { inspect } = createWebSocketInspector({ url: process.argv[2] });
const actor = createActor(light, { inspect }).start();
actor.send({ type: 'next' });
setTimeout(() => undefined, 600_000); // until it is ended
