// The tables in one: a row for each service. Every cell is made of what was measured.
const NONE = '-';

export function shortRows({ conversations, listening, speaking, agent }) {
  return [
    ...conversations.map((row) => ({
      service: row.provider,
      restored: `${row['messages known after']} messages, open tool call: ${row['open call answered after']}`,
      replayed: row['audio replayed'] === 'yes' ? "the turn's audio" : NONE,
      lost: `${row['audio lost (ms)']} ms`,
      'told twice': row['known twice'] + row['messages told twice'] + row['tools called twice'],
    })),
    ...listening.map((row) => ({
      service: row.provider,
      restored: NONE,
      replayed: row['audio replayed'] === 'yes' ? 'audio without a final' : NONE,
      lost: `${row['audio lost (ms)']} ms`,
      'told twice': row['finals that overlap'] + row['words told twice or missing'],
    })),
    ...speaking.map((row) => ({
      service: row.provider,
      restored: NONE,
      replayed: row['spoken again'],
      lost: lostOf(row['texts spoken to their end'], 'texts'),
      'told twice': row['told as spoken twice'],
    })),
    agentRow(agent),
  ];
}

/** The worst of what the loss of any part came to. */
function agentRow(agent) {
  const worst = (name) => agent.map((row) => row[name]).sort((a, b) => leading(a) - leading(b))[0];
  const lostMs = Math.max(...agent.map((row) => row['audio lost (ms)']));
  return {
    service: 'Voice agent, any of its parts',
    restored: `${worst('turns heard')} turns, ${worst('answers given')} answers`,
    replayed: 'what the lost part was at',
    lost: `${lostMs} ms, ${lostOf(worst('spoken to their end'), 'answers')}`,
    'told twice': Math.max(...agent.map((row) => row['tools called twice'])),
  };
}

/** Of "2 of 3 texts": "1 texts". */
function lostOf(share, what) {
  const [had, of] = share.split(' of ').map(Number);
  return `${of - had} ${what}`;
}

function leading(share) {
  return Number.parseInt(share, 10);
}
