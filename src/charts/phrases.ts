/** How transitions are worded: one row an event, its guards behind it, and what it starts. */
import type { ChartTransition } from './model.ts';
import { textWidth } from './text.ts';

/** What a label or a list says of one or several transitions that read alike. */
export interface Phrase {
  /** Empty on the way out of a decision, which is told apart by its guard alone. */
  readonly event: string;
  /** In brackets; null where nothing is asked. */
  readonly guard: string | null;
  readonly spawns: readonly string[];
  /** What the words before do not say. */
  readonly note: string;
}

export type SpanStyle = 'event' | 'guard' | 'actor' | 'note';

export interface Span {
  readonly text: string;
  readonly style: SpanStyle;
}

export interface Row {
  readonly spans: readonly Span[];
  /** How far it is set in, in px. */
  readonly indent: number;
}

const INDENT = 9;
const OTHERWISE = '[otherwise]';

export function phraseOf({ event, guard, isOtherwise, spawns }: ChartTransition): Phrase {
  return { event, guard: guardText(guard, isOtherwise), spawns, note: '' };
}

/** Of a branch out of a decision, where no guard always means "otherwise". */
export function branchPhrase({ guard, spawns }: ChartTransition, note: string): Phrase {
  return { event: '', guard: guard === null ? OTHERWISE : `[${guard}]`, spawns, note };
}

/** What several states say alike is said once. */
export function distinct(phrases: readonly Phrase[]): Phrase[] {
  return [...new Map(phrases.map((phrase) => [JSON.stringify(phrase), phrase])).values()];
}

/** One phrase as plain text: `dial.failed [isCounted] +socket`. */
export function plain(phrase: Phrase): string {
  return spansOf(phrase)
    .map(({ text }) => text)
    .join(' ');
}

/**
 * Rows no wider than `maxWidth` where words allow it; phrases of the same event share its rows, and what each of
 * several starts stands in the last row.
 */
export function rowsOf(phrases: readonly Phrase[], fontSize: number, maxWidth: number): Row[] {
  const started = startedByEach(phrases);
  if (started.length > 0) {
    const bare = phrases.map((phrase) => ({ ...phrase, spawns: [] }));
    const each: Span = { text: 'each', style: 'note' };
    return [
      ...rowsOf(bare, fontSize, maxWidth),
      { spans: [each, ...started.map(actorSpan)], indent: 0 },
    ];
  }
  const byEvent = new Map<string, Phrase[]>();
  for (const phrase of phrases) {
    byEvent.set(phrase.event, [...(byEvent.get(phrase.event) ?? []), phrase]);
  }
  return [...byEvent].flatMap(([event, alike]) => {
    const head: Span[][] = event === '' ? [] : [[{ text: event, style: 'event' }]];
    const parts = alike.flatMap(partsOf);
    return wrappedRows([...head, ...parts], fontSize, maxWidth);
  });
}

export function rowWidth({ spans, indent }: Row, fontSize: number): number {
  return indent + textWidth(spans.map(({ text }) => text).join(' '), fontSize);
}

/** What every one of several phrases starts alike; nothing where they differ, or where there is but one. */
function startedByEach([first, ...others]: readonly Phrase[]): readonly string[] {
  if (first === undefined || others.length === 0) return [];
  const started = JSON.stringify(first.spawns);
  return others.every(({ spawns }) => JSON.stringify(spawns) === started) ? first.spawns : [];
}

function actorSpan(name: string): Span {
  return { text: `+${name}`, style: 'actor' };
}

function guardText(guard: string | null, isOtherwise: boolean): string | null {
  if (guard !== null) return `[${guard}]`;
  return isOtherwise ? OTHERWISE : null;
}

function spansOf({ event, guard, spawns, note }: Phrase): Span[] {
  const spans: Span[] = [
    { text: event, style: 'event' },
    { text: guard ?? '', style: 'guard' },
    ...spawns.map(actorSpan),
    { text: note, style: 'note' },
  ];
  return spans.filter(({ text }) => text !== '');
}

/** What may not be torn apart: a guard and what starts when it holds. */
function partsOf(phrase: Phrase): Span[][] {
  const note: Span[] = phrase.note === '' ? [] : [{ text: phrase.note, style: 'note' }];
  return [spansOf({ ...phrase, event: '', note: '' }), note].filter(({ length }) => length > 0);
}

function wrappedRows(parts: readonly Span[][], fontSize: number, maxWidth: number): Row[] {
  const rows: Row[] = [];
  for (const part of parts.flatMap((each) => torn(each, fontSize, maxWidth))) {
    const last = rows.at(-1);
    const longer = last && { ...last, spans: joined([...last.spans, ...part]) };
    const fits = longer !== undefined && rowWidth(longer, fontSize) <= maxWidth;
    if (fits) rows[rows.length - 1] = longer;
    else rows.push({ spans: part, indent: last === undefined ? 0 : INDENT });
  }
  return rows;
}

/** Neighbours of one style as one. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last?.style !== span.style) all.push(span);
    else all[all.length - 1] = { ...last, text: `${last.text} ${span.text}` };
  }
  return all;
}

/** Between its words, where a part is too long for any row. */
function torn(part: Span[], fontSize: number, maxWidth: number): Span[][] {
  if (rowWidth({ spans: part, indent: INDENT }, fontSize) <= maxWidth) return [part];
  return part.flatMap(({ text, style }) => text.split(' ').map((word) => [{ text: word, style }]));
}
