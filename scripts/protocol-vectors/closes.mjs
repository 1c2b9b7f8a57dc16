// What a client does when a socket ends, by code, as PROTOCOL.md's P16 has it: the table, and the codes of WebSocket beside it.

const NEVER_MORE_THAN_THREE = { newSessionAfter: { count: 3, withinMs: 60_000 } };

const TABLE = [
  [1000, 'done', 'reattach'],
  [4400, 'protocol-error', 'reattachNow', NEVER_MORE_THAN_THREE],
  [4401, 'unauthorised', 'refreshCredential'],
  [4403, 'bad-resume-token', 'newSession', { isAlarmingTwice: true }],
  [4404, 'unknown-session', 'newSession'],
  [4408, 'heartbeat', 'reattachNow'],
  [4409, 'fenced', 'ignore'],
  [4410, 'superseded', 'giveUp'],
  [4411, 'grace-expired', 'newSession'],
  [4412, 'stale-attempt', 'ignore'],
  [4413, 'too-large', 'giveUp'],
  [4414, 'version', 'giveUp'],
  [4420, 'capacity', 'wait'],
  [4421, 'rate', 'wait'],
  [4422, 'session-limit', 'wait'],
  [4423, 'over-credit', 'giveUp'],
  [4430, 'draining', 'migrate'],
  [4440, 'store-unavailable', 'reattachElsewhere'],
  // Of WebSocket itself, and what nobody has defined.
  [1001, null, 'reattach'],
  [1002, null, 'reattachNow', NEVER_MORE_THAN_THREE],
  [1005, null, 'reattach'],
  [1006, null, 'reattach'],
  [1007, null, 'reattachNow', NEVER_MORE_THAN_THREE],
  [1009, null, 'giveUp'],
  [1011, null, 'reattach'],
  [3000, null, 'reattach'],
  [4402, null, 'reattach'],
  [4999, null, 'reattach'],
];

/** P16.1: after FIN_ACK none matters. */
export const closes = TABLE.flatMap(([code, reason, action, facts = {}]) => [
  { name: `${code} ${reason ?? ''}`.trim(), code, afterFinAck: false, action, reason, ...facts },
  { name: `${code} after FIN_ACK`, code, afterFinAck: true, action: 'stop', reason: 'done' },
]);
