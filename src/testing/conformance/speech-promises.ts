/** What every session promises of a voice: each text to its end, once and in order, through every loss. */
import type { SpeechLimits } from '../../providers/contract.ts';
import type { ConformanceRun } from './run.ts';
import { limitsOf } from './script-kinds.ts';
import type { SpeechOrder } from './speech-watch.ts';

const MINUTE_MS = 60_000;

export function speechFaultsIn(run: ConformanceRun): readonly string[] {
  const { speech } = run;
  if (speech === null) return [];
  const limits = limitsOf(run.service.server.script, run.provider.traits);
  return [
    ...toldFaults(run),
    ...speech.orders.flatMap((orders) => orderFaults(run, orders)),
    ...speech.orders.flatMap((orders) => (limits === null ? [] : limitFaults(orders, limits))),
    ...wireFaults(run),
    ...soundFaults(run),
  ];
}

/** The application is told of each text once, in order. */
function toldFaults({ events, texts }: ConformanceRun): readonly string[] {
  const told = events.flatMap((event) => (event.type === 'spoken' ? [event.id] : []));
  const wanted = texts.filter(({ id }) => told.includes(id)).map(({ id }) => id);
  if (told.join() === wanted.join()) return [];
  return [`the application was told of the texts ${told.join(', ')} as spoken`];
}

/** On each socket it begins with the first sentence that was not spoken, and goes on in order. */
function orderFaults(run: ConformanceRun, orders: readonly SpeechOrder[]): readonly string[] {
  const [first] = orders;
  if (first === undefined || run.texts.some(({ isDropped }) => isDropped)) return [];
  const sentences = run.texts.flatMap(({ sentences }) => sentences).join(' ');
  const said = orders.map(({ text }) => text).join(' ');
  const at = sentences.indexOf(said);
  if (at < 0) return [`a socket was told to say "${shortened(said)}", which is out of order`];
  const ids = [...new Set((run.speech?.orders ?? []).flat().map(({ id }) => id))];
  if (ids.indexOf(first.id) === first.spokenBefore) return [];
  return [`a socket began with "${first.text}", after ${first.spokenBefore} texts were spoken`];
}

function limitFaults(orders: readonly SpeechOrder[], limits: SpeechLimits): readonly string[] {
  const { maxCharsPerMessage, maxCharsPerMinute, maxFlushesPerMinute } = limits;
  const faults = new Set<string>();
  for (const { text, atMs } of orders) {
    const minute = orders.filter((each) => each.atMs <= atMs && atMs - each.atMs < MINUTE_MS);
    const chars = minute.reduce((sum, each) => sum + each.text.length, 0);
    if (text.length > maxCharsPerMessage)
      faults.add(`a text of ${text.length} characters was sent`);
    if (chars > maxCharsPerMinute) faults.add(`${chars} characters were sent in a minute`);
    if (minute.length > maxFlushesPerMinute) {
      faults.add(`${minute.length} texts were sent in a minute`);
    }
  }
  return [...faults].slice(0, 1).map((fault) => `${fault}, which is more than the service takes`);
}

/** What arrived is what was ordered, text by text; of what was interrupted, some may never have been sent. */
function wireFaults({ service, speech, texts }: ConformanceRun): readonly string[] {
  const dropped = new Set(texts.flatMap((each) => (each.isDropped ? each.sentences : [])));
  const ordered = (speech?.orders ?? []).map((orders) => orders.map(({ text }) => text));
  return service.links.flatMap(({ link: { texts: arrived = [] } }) => {
    const isOrdered = ordered.some((orders) => isSent(arrived, orders, dropped));
    return isOrdered ? [] : [`the service was sent "${shortened(arrived.join(' '))}" to speak`];
  });
}

function isSent(
  arrived: readonly string[],
  ordered: readonly string[],
  dropped: ReadonlySet<string>,
): boolean {
  const due = ordered.filter((text) => arrived.includes(text) || !dropped.has(text));
  return arrived.every((text, at) => due[at] === text);
}

/** Whatever counts as spoken was heard, whole. */
function soundFaults({ service, speech, sounds }: ConformanceRun): readonly string[] {
  const heard = Buffer.concat(sounds);
  const spoken = service.links.flatMap(({ link }) => link.spoken ?? []);
  const told = (speech?.orders.flat() ?? []).filter(({ id }) => speech?.spoken.has(id));
  const texts = new Set(told.map(({ text }) => text));
  return [...texts].flatMap((text) => {
    const isHeard = spoken.some(
      (each) => each.text === text && heard.includes(Buffer.from(each.pcm)),
    );
    return isHeard ? [] : [`"${shortened(text)}" counts as spoken, and was not heard whole`];
  });
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
