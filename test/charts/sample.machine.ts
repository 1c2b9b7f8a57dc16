import { and, assign, createMachine, enqueueActions, not, spawnChild } from 'xstate';

/** One of everything that a chart can have. */
export const sampleMachine = createMachine(
  {
    id: 'sample',
    description: 'A door.',
    initial: 'closed',
    on: { 'door.removed': '.gone', 'bell.rang': { actions: 'ring' } },
    states: {
      closed: {
        description: 'Nobody gets in.',
        tags: ['safe'],
        entry: ['lock', assign({})],
        exit: 'unlock',
        on: {
          'door.pushed': [
            { guard: 'isUnlocked', target: 'open' },
            { guard: { type: 'isBroken', params: { by: 'wind' } }, target: 'gone' },
            { actions: 'complain' },
          ],
          '*': { actions: 'ignore' },
        },
      },
      open: {
        initial: 'ajar',
        on: { 'door.shaken': '.wide', 'door.knocked': { actions: 'listen' } },
        invoke: [
          { src: 'draught', id: 'draught', onDone: 'closed', onError: 'gone' },
          { src: 'alarm', onDone: 'closed' },
        ],
        after: { 5000: 'closed', patience: 'closed' },
        onDone: 'gone',
        states: {
          ajar: {
            always: [
              { guard: not('isWindy'), target: 'wide' },
              { guard: and(['isWindy', 'isHeavy']), target: 'done' },
            ],
          },
          wide: { on: { 'door.slammed': { target: '#sample.open', reenter: true } } },
          done: { type: 'final' },
        },
      },
      gone: { type: 'final', description: 'There is <no> door & "never" will be.' },
    },
  },
  {
    delays: { patience: 1_500 },
    actions: {
      lock: spawnChild('bolt'),
      ring: enqueueActions(({ enqueue }) => {
        enqueue.spawnChild('bell', { id: 'bell' });
      }),
    },
  },
);
