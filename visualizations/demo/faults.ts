/** What the buttons are called and what they say of themselves. What they do is the server's: src/cli/demo/faults.ts. */
export const FAULTS = [
  { name: 'cut', key: '1', title: 'Cut', does: 'Both connections are reset, mid-word.' },
  {
    name: 'half-open',
    key: '2',
    title: 'Half-open',
    does: 'The line goes dead for 12\u00a0s, and nobody is told.',
  },
  {
    name: 'kill',
    key: '3',
    title: 'Kill the servers',
    does: 'Gateway and relay: kill\u00a0-9, down for 10\u00a0s.',
  },
  {
    name: 'rate-limit',
    key: '4',
    title: 'Rate limit',
    does: 'The recogniser hangs up and says 429 for 6\u00a0s.',
  },
  {
    name: 'expiry',
    key: '5',
    title: 'Session expiry',
    does: 'The recogniser ends its sessions: time is up.',
  },
  {
    name: 'airplane',
    key: '6',
    title: 'Airplane mode',
    does: 'This tab has no network at all for 8\u00a0s.',
  },
] as const;

export type FaultName = (typeof FAULTS)[number]['name'];

export function isFaultName(name: unknown): name is FaultName {
  return FAULTS.some((fault) => fault.name === name);
}
