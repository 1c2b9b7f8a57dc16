/**
 * Capture: is the microphone heard, and what is done about one that is not?
 *
 * Two questions at once: which device is heard or looked for (`source`), and what comes of it (`sound`). A device goes away, is
 * changed for another, or is muted; the platform suspends the page's audio; and one that is there may give nothing. Sound that
 * comes never touches the chart: a watch tells when none does.
 *
 * Chart: visualizations/charts/capture.svg
 */
import { captureSetup } from './capture.setup.ts';
import type { CaptureEnd, CaptureSilence, TakeResult } from './capture.types.ts';

/** What another device that was asked for comes to, where one is heard until then or where none is. */
const taken = {
  guard: { type: 'isTaken', params: resultIn },
  target: 'settled',
  actions: [
    { type: 'noteDevice', params: resultIn },
    'tellChanged',
    { type: 'sayTaken', params: resultIn },
  ],
} as const;

const isGoneForGood = { guard: 'isGone', actions: 'sayLost' } as const;

const source = captureSetup.createStateConfig({
  initial: 'settled',
  description: 'Which device is heard, and whether another is looked for.',
  on: {
    'track.muted': { guard: 'isAudible', actions: ['noteMute', 'tellMuted'] },
    'track.unmuted': { guard: 'isMuted', actions: ['tellUnmuted', 'noteUnmute'] },
    'device.taken': [
      { guard: 'isNewlyMuted', actions: ['noteMute', 'tellMuted'] },
      {
        guard: 'isMuteOver',
        description: 'The one before was muted; this one is not.',
        actions: ['tellUnmuted', 'noteUnmute'],
      },
    ],
    'audio.resumed': { actions: 'noteRunning' },
    'audio.suspended': { actions: 'noteStill' },
  },
  states: {
    settled: {
      description: 'One is heard, and it is the one that is wanted.',
      on: {
        'device.lost': { target: 'asking', actions: ['noteLoss', 'letGo'] },
        'devices.listed': [
          isGoneForGood,
          {
            guard: 'isElsewhere',
            target: 'moving',
            description: 'The default one has moved, or the chosen one is back.',
          },
        ],
      },
    },
    moving: {
      description: 'Another is asked for, and the one that is there is heard until it comes.',
      invoke: {
        src: 'move',
        id: 'move',
        input: ({ context }) => ({ deviceId: context.chosenId }),
        onDone: [
          taken,
          { guard: 'isThere', target: 'settled', description: 'That one is heard on.' },
          { target: 'asking' },
        ],
        onError: [{ guard: 'isThere', target: 'settled' }, { target: 'asking' }],
      },
      on: {
        'device.lost': {
          description: 'The other one is waited for: it is asked for already.',
          actions: ['noteLoss', 'letGo'],
        },
        'devices.listed': isGoneForGood,
      },
    },
    asking: {
      description: 'None is heard, and the default one is asked for.',
      invoke: {
        src: 'ask',
        id: 'ask',
        input: { deviceId: null },
        onDone: [
          taken,
          {
            guard: { type: 'isHopeless', params: resultIn },
            actions: { type: 'sayFailed', params: { why: 'refused', lastedMs: 0 } },
          },
          {
            guard: { type: 'isTooLate', params: resultIn },
            actions: {
              type: 'sayFailed',
              params: ({ context, event }) => ({
                why: 'lost',
                lastedMs: event.output.atMs - context.lostAtMs,
              }),
            },
          },
          { target: 'waiting' },
        ],
        onError: { actions: { type: 'sayFailed', params: { why: 'refused', lastedMs: 0 } } },
      },
    },
    waiting: {
      description: 'None is there. One is asked for every second, and whenever one is plugged in.',
      after: { nextAsking: 'asking' },
      on: { 'devices.listed': 'asking' },
    },
  },
});

const sound = captureSetup.createStateConfig({
  initial: 'starting',
  description: 'What comes of the device.',
  on: {
    'audio.suspended': { target: '.cut', actions: interrupted('suspended') },
    'device.lost': { target: '.cut', actions: interrupted('device') },
  },
  states: {
    starting: {
      description: 'The platform has yet to let audio through for the first time.',
      on: { 'audio.resumed': 'flowing' },
    },
    flowing: {
      description: 'Sound comes, and it is watched that it does; of a muted device none is owed.',
      invoke: { src: 'watch', id: 'watch' },
      on: {
        'chunks.missed': {
          guard: 'isAudible',
          target: 'stalled',
          actions: interrupted('silent'),
        },
        'track.unmuted': {
          target: 'flowing',
          reenter: true,
          description: 'It is watched anew.',
        },
      },
    },
    stalled: {
      description: 'The device is there, is not muted and may be heard, and nothing comes of it.',
      after: {
        lossTimeout: {
          actions: {
            type: 'sayFailed',
            params: ({ context }) => ({ why: 'silent', lastedMs: context.lossTimeoutMs }),
          },
        },
      },
      on: {
        'chunks.returned': { target: 'flowing', actions: 'tellResumed' },
        'track.muted': { target: 'flowing', actions: 'tellResumed' },
        'device.taken': { target: 'flowing', actions: 'tellResumed' },
        'audio.suspended': 'cut',
        'device.lost': 'cut',
      },
    },
    cut: {
      description: 'There is no device, or the platform lets no audio through; or both.',
      on: {
        'audio.suspended': { description: 'That nothing is heard was told.' },
        'device.lost': { description: 'That nothing is heard was told.' },
        'device.taken': [
          { guard: 'isStill', description: 'No audio is let through yet.' },
          { target: 'flowing', actions: 'tellResumed' },
        ],
        'audio.resumed': [
          { guard: 'isAway', description: 'There is no device yet.' },
          { target: 'flowing', actions: 'tellResumed' },
        ],
      },
    },
  },
});

export const captureMachine = captureSetup.createMachine({
  id: 'capture',
  context: ({ input }) => ({
    ...input,
    device: null,
    lostAtMs: 0,
    mutedAtMs: null,
    isRunning: false,
  }),
  initial: 'opening',
  states: {
    opening: {
      description: 'The first device is asked for; the user may be looking at a question.',
      invoke: {
        src: 'open',
        id: 'open',
        input: ({ context }) => ({ deviceId: context.chosenId }),
        onDone: [
          {
            guard: { type: 'isTaken', params: resultIn },
            target: 'running',
            actions: [
              { type: 'noteDevice', params: resultIn },
              'tellOpened',
              { type: 'sayTaken', params: resultIn },
            ],
          },
          { target: 'failed', actions: 'tellRefused' },
        ],
        onError: { target: 'failed', actions: 'tellRefused' },
      },
    },
    running: {
      type: 'parallel',
      description:
        'It was opened. Both go on side by side: which device it is, and what comes of it.',
      on: {
        'hearing.failed': { target: 'failed', actions: failed('broken') },
        'source.failed': {
          target: 'failed',
          description: 'No device can be had, or none that gives sound.',
          actions: { type: 'tellFailed', params: ({ event }) => event },
        },
      },
      states: { source, sound },
    },
    failed: { type: 'final', description: 'It is given up, and the application knows why.' },
  },
});

function resultIn({ event }: { readonly event: { readonly output: TakeResult } }): TakeResult {
  return event.output;
}

function interrupted(why: CaptureSilence) {
  return { type: 'tellInterrupted', params: { why } } as const;
}

function failed(why: CaptureEnd) {
  return { type: 'tellFailed', params: { why, lastedMs: 0 } } as const;
}
