/** Which way a line of a recording went, whatever it calls that. */
import type { Direction } from './recordings-protocols.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

const SENT =
  /^(sent|send|sending|tx|transmit(ted)?|out|output|outbound|outgoing|up|upstream|c(lient)?[>2]s(erver|vr)?|client(to|>)server|s(erver)?<c(lient)?|client(event|frame|message|sent)?|fromclient|to(server|service|provider|upstream)|serverreceived|req|request|write|written|wrote|egress|local|>+)$/;
const RECEIVED =
  /^(received?|receiving|recv|recvd|rcvd|rx|in|input|inbound|incoming|down|downstream|s(erver|vr)?[>2]c(lient)?|server(to|>)client|c(lient)?<s(erver)?|server(event|frame|message|sent)?|(service|provider)(event|frame|message|sent)|from(server|service|provider|upstream)|toclient|clientreceived|resp|response|read|ingress|remote|<+)$/;

/** Who speaks, rather than which way. */
const CLIENT = /^(client|local|app|application|user|me|us|browser|agent|sdk)$/;
const SERVER =
  /^(server|service|remote|upstream|provider|backend|api|model|openai|azure|xai|gemini|google|deepgram|whisper)$/;

/** In this order: `type` and the like say it only where nothing else does. */
const WAYS = [
  'direction',
  'dir',
  'flow',
  'way',
  'side',
  'kind',
  'ev',
  'event',
  'type',
  'op',
  'action',
];
const SPEAKERS = ['from', 'source', 'src', 'sender', 'origin', 'by', 'peer', 'side', 'role'];
const LISTENERS = ['to', 'target', 'destination', 'dest', 'dst', 'recipient'];
const IS_SENT = /^(is_?)?(sent|outgoing|outbound|from_?client|client)$/i;
const IS_RECEIVED = /^(is_?)?(received|incoming|inbound|from_?server|server)$/i;

export function directionIn(word: unknown): Direction | null {
  if (typeof word !== 'string') return null;
  const plain = plainOf(word);
  if (SENT.test(plain)) return 'sent';
  return RECEIVED.test(plain) ? 'received' : null;
}

/** What a line says of itself; null where it says nothing. */
export function directionOf(line: JsonObject): Direction | null {
  for (const name of WAYS) {
    const direction = directionIn(line[name]);
    if (direction !== null) return direction;
  }
  for (const [names, isReversed] of [
    [SPEAKERS, false],
    [LISTENERS, true],
  ] as const) {
    for (const name of names) {
      const speaker = speakerIn(line[name]);
      if (speaker !== null) return isReversed ? opposite(speaker) : speaker;
    }
  }
  for (const [name, value] of Object.entries(line)) {
    if (typeof value !== 'boolean') continue;
    if (IS_SENT.test(name)) return value ? 'sent' : 'received';
    if (IS_RECEIVED.test(name)) return value ? 'received' : 'sent';
  }
  return null;
}

export function opposite(direction: Direction): Direction {
  return direction === 'sent' ? 'received' : 'sent';
}

function speakerIn(name: unknown): Direction | null {
  if (typeof name !== 'string') return null;
  if (CLIENT.test(plainOf(name))) return 'sent';
  return SERVER.test(plainOf(name)) ? 'received' : null;
}

/** `Client -> Server`, `client_to_server` and `C→S` in one way of writing. */
function plainOf(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[→⇒➜]/g, '>')
    .replace(/[←⇐]/g, '<')
    .replace(/[\s_\-.:=]/g, '');
}
