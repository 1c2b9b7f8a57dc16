/** The ways between the orchestrator chart's states that several states share, or that are many. */

/** Another connection is to carry: what stands ready, or the next candidate's. */
export const moveOn = {
  target: '#orchestrator.serving.arriving',
  reenter: true,
  actions: ['noteMoment', 'moveOn'],
} as const;

/** The network is back: what waits for it is told, and the state's timers begin anew. */
export const networkRestored = {
  reenter: true,
  actions: ['noteMoment', 'noteOnline', 'tellLanes'],
} as const;

/** A session that closes delivers what is left by who serves now: nothing that was planned is begun, or gone on with. */
export const finish = {
  guard: 'isClosing',
  target: '#orchestrator.serving.finishing',
  actions: 'letSuccessorGo',
} as const;

/** That nobody serves is only waited out where nobody else can be had. */
export const failoverLimit = {
  ...moveOn,
  guard: 'hasAnother',
  description: 'Nothing came of it for 5 s: what is ready takes over, or the next one is tried.',
  actions: ['noteMoment', 'noteHanging', 'moveOn'],
} as const;

/** Where a second session takes over from the first, nothing may be said until it stands. */
export const leaving = {
  description:
    'The carrier is to be left. Its successor takes over as soon as it stands, so it is dialled in a pause.',
  entry: 'armTimers',
  always: finish,
  on: {
    'speech.paused': {
      target: 'preparing',
      actions: ['noteMoment', 'notePause', { type: 'dialBeside', params: { wanted: 'rotation' } }],
    },
    'end.announced': {
      guard: 'isCarrier',
      target: 'leaving',
      reenter: true,
      actions: ['noteMoment', 'noteEnd'],
    },
  },
  after: {
    leaveBy: {
      target: 'preparing',
      description: 'No pause came in time.',
      actions: ['noteMoment', { type: 'dialBeside', params: { wanted: 'rotation' } }],
    },
  },
} as const;

export const preparing = {
  description: 'A successor is dialled beside the carrier.',
  always: [
    finish,
    {
      ...moveOn,
      guard: 'hasTakenOver',
      description: "The session is the successor's: nothing more can be told to the carrier.",
    },
    { guard: 'hasSuccessor', target: 'prepared' },
  ],
} as const;

/** A connection lost its socket, or a dial of it failed. It goes on by itself unless it is let go. */
export const waysOutOfLoss = [
  {
    ...moveOn,
    guard: 'canBeReplaced',
    actions: ['noteMoment', 'noteTrouble', 'moveOn'],
  },
  {
    ...moveOn,
    guard: 'shouldFailOver',
    description: 'Two dials failed within 3 s, or the wait would be a long one.',
    actions: ['noteMoment', 'noteTrouble', 'moveOn'],
  },
  {
    guard: 'isCarrier',
    target: '#orchestrator.serving.troubled',
    actions: ['noteMoment', 'noteTrouble', 'letSuccessorGo'],
  },
  {
    guard: 'isStandby',
    description: 'A standby that dies is dialled again by its own connection.',
    actions: ['noteMoment', 'noteUnready'],
  },
  {
    guard: 'isBeside',
    target: '#orchestrator.serving.steady',
    actions: ['noteMoment', 'letBesideGo'],
  },
] as const;

/** A connection has given up. */
export const waysOutOfFailure = [
  {
    ...moveOn,
    guard: 'canBeReplaced',
    actions: ['noteMoment', 'noteFailure', 'moveOn'],
  },
  { ...moveOn, guard: 'hasNext', actions: ['noteMoment', 'noteFailure', 'moveOn'] },
  {
    guard: 'mayDegrade',
    target: '#orchestrator.degraded',
    actions: ['noteMoment', 'noteFailure', 'letAllGo'],
  },
  {
    guard: 'isCarrier',
    target: '#orchestrator.suspended',
    actions: ['noteMoment', 'noteFailure', 'letAllGo'],
  },
  { guard: 'isStandby', actions: ['noteMoment', 'letBesideGo'] },
  {
    guard: 'isBeside',
    target: '#orchestrator.serving.steady',
    actions: ['noteMoment', 'letBesideGo'],
  },
] as const;
