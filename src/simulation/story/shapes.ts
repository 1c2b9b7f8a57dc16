/** The parts of a sequence diagram: lifelines, arrows, notes, and bands where something goes wrong. */
import type { Hits, Lanes } from './lanes.ts';
import { FAULT, spanOf } from './moments.ts';
import type { Moment, Told } from './moments.ts';
import { plain, secondsText } from './text.ts';
import { escapeXml, textWidth } from '../../charts/text.ts';
import type { Fault, TraceEntry } from '../simulation.types.ts';

export const ROW_HEIGHT = 26;
export const LANE_WIDTH = 216;
export const FONT_SIZE = 11;
const BAND_WIDTH = 172;
const PADDING = 6;
/** Where a viewer has none of the fonts, its own is wider. */
const FALLBACK_RATIO = 0.85;

/** Where everything goes. */
export interface Sheet {
  readonly moments: readonly Moment[];
  readonly lanes: Lanes;
  /** Of the first lane, and of the first row. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Band {
  readonly fault: Fault;
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
}

/** Where faults lie; those that struck outside the window, or hit nothing, have no place. */
export function placed(
  sheet: Sheet,
  { faults, trace }: Pick<Told, 'faults' | 'trace'>,
  hits: Hits,
): readonly Band[] {
  const { moments, lanes, top, left, width } = sheet;
  const [first, last] = [moments[0]?.atMs ?? 0, moments.at(-1)?.atMs ?? 0];
  return faults.flatMap((fault) => {
    const [fromMs, toMs] = spanOf(fault);
    const tellings = tellingsOf(fault, trace);
    if (toMs < first || fromMs > last || !hasHit(tellings, hits(fault))) return [];
    const own = moments.findIndex((each) => each.kind === 'entry' && tellings.includes(each.entry));
    const row = own === -1 ? moments.filter(({ atMs }) => atMs < fromMs).length : own;
    const y = top + row * ROW_HEIGHT;
    const end = top + moments.filter(({ atMs }) => atMs <= toMs).length * ROW_HEIGHT;
    const place = { fault, y, height: Math.max(ROW_HEIGHT, end - y) };
    const hit = hits(fault).flatMap((name) => lanes.at(name) ?? []);
    if (hit.length === 0) return [{ ...place, x: left, width: width - left }];
    return hit.map((lane) => ({
      ...place,
      x: xOf(sheet, lane) - BAND_WIDTH / 2,
      width: BAND_WIDTH,
    }));
  });
}

function tellingsOf({ kind, atMs }: Fault, trace: readonly TraceEntry[]): readonly TraceEntry[] {
  return trace.filter(
    (entry) => entry.who === FAULT && entry.atMs === atMs && entry.what.startsWith(kind),
  );
}

function hasHit(tellings: readonly TraceEntry[], names: readonly string[]): boolean {
  const isMissed = tellings.some(
    ({ what, to = '' }) =>
      what.endsWith(' hits nothing') && (names.length === 0 || names.includes(to)),
  );
  return tellings.length > 0 && !isMissed;
}

export function bandSvg({ fault, x, width, y, height }: Band): string {
  const { kind, atMs, forMs } = fault;
  const lasting = forMs === undefined ? '' : ` for ${secondsText(forMs)}`;
  const tooltip = titled(`${kind} at ${secondsText(atMs)}${lasting}`);
  const size = `width="${width}" height="${height}"`;
  return `<g>${tooltip}<rect class="band" x="${x}" y="${y}" ${size} rx="4"/></g>`;
}

export function headSvg(sheet: Sheet, title: string): string {
  const { lanes, top, height, width } = sheet;
  const names = lanes.names.map((name, lane) => {
    const x = xOf(sheet, lane);
    const line = `<path class="lifeline" d="M${x} ${top - 8}V${height - 8}"/>`;
    return `${line}<text class="name" text-anchor="middle" x="${x}" y="${top - 16}">${cut(name, LANE_WIDTH)}</text>`;
  });
  return `<text class="title" x="12" y="24">${cut(title, width - 24, 14)}${titled(title)}</text>\n${names.join('\n')}`;
}

export function rowSvg(sheet: Sheet, moment: Moment, row: number): string {
  const y = sheet.top + row * ROW_HEIGHT + ROW_HEIGHT / 2;
  switch (moment.kind) {
    case 'entry':
      return `<g>${timeSvg(sheet, moment.atMs, y)}${entrySvg(sheet, moment.entry, y)}</g>`;
    case 'folded':
      return acrossSvg(sheet, 'folded', moment.text, y);
    case 'violation': {
      const { invariant, message } = moment.violation;
      const size = `width="${sheet.width - sheet.left}" height="${ROW_HEIGHT - 4}"`;
      const bar = `<rect class="alarm" x="${sheet.left}" y="${y - ROW_HEIGHT / 2 + 2}" ${size} rx="4"/>`;
      const words = acrossSvg(sheet, 'alarmed', `${invariant}: ${message}`, y);
      return `<g>${timeSvg(sheet, moment.atMs, y)}${bar}${words}</g>`;
    }
  }
}

function entrySvg(sheet: Sheet, entry: TraceEntry, y: number): string {
  const { who, to, what, state } = entry;
  const from = sheet.lanes.at(who);
  const target = to === undefined ? null : sheet.lanes.at(to);
  const style = who === FAULT ? 'struck' : 'said';
  if (from === null) {
    if (target === null) return acrossSvg(sheet, style, what, y);
    return boxSvg(xOf(sheet, target), y, what, 'blow', style);
  }
  const x = xOf(sheet, from);
  if (target !== null && target !== from) return arrowSvg(x, xOf(sheet, target), y, entry);
  if (state !== undefined)
    return boxSvg(x, y, what === state ? what : `${what}: ${state}`, 'note', 'noted');
  const words = cut(what, LANE_WIDTH - 14);
  return `<circle class="dot" cx="${x}" cy="${y}" r="2.5"/><text class="${style}" x="${x + 7}" y="${y + 4}">${words}${titled(what)}</text>`;
}

function arrowSvg(from: number, to: number, y: number, { what, state }: TraceEntry): string {
  const text = state === undefined ? what : `${what} [${state}]`;
  const words = cut(text, Math.abs(to - from) - 16);
  const middle = (from + to) / 2;
  const line = `<path class="arrow" marker-end="url(#tip)" d="M${from} ${y + 7}H${to}"/>`;
  return `${line}<text class="said" text-anchor="middle" x="${middle}" y="${y + 2}">${words}${titled(text)}</text>`;
}

function boxSvg(x: number, y: number, text: string, box: string, style: string): string {
  const words = shortened(plain(text), LANE_WIDTH - 4 * PADDING);
  const width = textWidth(words, FONT_SIZE) + 3 * PADDING;
  const size = `width="${width}" height="18"`;
  const rect = `<rect class="${box}" x="${x - width / 2}" y="${y - 9}" ${size} rx="4"/>`;
  return `${rect}<text class="${style}" text-anchor="middle" x="${x}" y="${y + 4}">${escapeXml(words)}${titled(text)}</text>`;
}

function acrossSvg({ left, width }: Sheet, style: string, text: string, y: number): string {
  const words = cut(text, (width - left - 2 * PADDING) * FALLBACK_RATIO);
  return `<text class="${style}" x="${left + PADDING}" y="${y + 4}">${words}${titled(text)}</text>`;
}

function timeSvg({ left }: Sheet, atMs: number, y: number): string {
  return `<text class="time" text-anchor="end" x="${left - 10}" y="${y + 4}">${secondsText(atMs)}</text>`;
}

function xOf({ left }: Sheet, lane: number): number {
  return left + LANE_WIDTH * (lane + 0.5);
}

function titled(text: string): string {
  return `<title>${escapeXml(plain(text))}</title>`;
}

function cut(text: string, width: number, fontSize = FONT_SIZE): string {
  return escapeXml(shortened(plain(text), width, fontSize));
}

/** All of it is in the tooltip. */
function shortened(text: string, width: number, fontSize = FONT_SIZE): string {
  if (textWidth(text, fontSize) <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, fontSize) > width) {
    characters.pop();
  }
  return `${characters.join('')}…`;
}
