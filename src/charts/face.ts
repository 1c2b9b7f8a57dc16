/** What stands inside a box, row by row, and how much room it takes; the same for the words beside an arrow. */
import { distinct, phraseOf, rowsOf, rowWidth } from './phrases.ts';
import type { Row, Span, SpanStyle } from './phrases.ts';
import { keyOf } from './picture.ts';
import type { PictureEdge, PictureNode } from './picture.ts';
import { balanced, textWidth, wrapped } from './text.ts';

export type FaceStyle = SpanStyle | 'title';

export interface FaceRow {
  readonly spans: readonly { readonly text: string; readonly style: FaceStyle }[];
  readonly isCentred: boolean;
  /** From the left, where it is not centred. */
  readonly x: number;
  /** From the top of the box. */
  readonly baseline: number;
  readonly width: number;
}

export interface Face {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly FaceRow[];
  /** Where thin lines cross the box, from its top. */
  readonly rules: readonly number[];
}

export const FONT_SIZES = { title: 14, small: 11, label: 11 } as const;
const LABEL_PADDING = 5;
const LINE_HEIGHTS = { title: 19, small: 14.5, label: 14.5 } as const;
const BASELINE_RISE = 4;
const RULE_GAP = 6;
const PADDING_X = 12;
const PADDING_Y = 7;
const MIN_WIDTH = 88;
const MAX_TEXT_WIDTH = 176;
const MAX_LABEL_WIDTH = 150;
const INITIAL_SIZE = 12;

/** Of a compound state, its heading, above the states inside. */
export function faceOf(node: PictureNode, maxTextWidth = MAX_TEXT_WIDTH): Face {
  if (node.kind === 'initial') {
    return { width: INITIAL_SIZE, height: INITIAL_SIZE, rows: [], rules: [] };
  }
  const face = new FaceBuilder(!node.isCompound);
  face.title(node.title);
  face.words(balanced(node.description.replaceAll('`', ''), FONT_SIZES.small, maxTextWidth));
  face.rows(listOf(node, maxTextWidth));
  return face.done();
}

/** The words beside an arrow. */
export function labelFaceOf({ phrases }: PictureEdge): Face {
  const rows = rowsOf(phrases, FONT_SIZES.label, MAX_LABEL_WIDTH);
  const width = Math.max(0, ...rows.map((row) => rowWidth(row, FONT_SIZES.label)));
  return {
    width: Math.ceil(width) + 2 * LABEL_PADDING,
    height: Math.ceil(rows.length * LINE_HEIGHTS.label) + 4,
    rows: rows.map((row, index) => ({
      spans: row.spans,
      isCentred: rows.length === 1,
      x: LABEL_PADDING + row.indent,
      baseline: 2 + (index + 1) * LINE_HEIGHTS.label - BASELINE_RISE,
      width: rowWidth(row, FONT_SIZES.label) - row.indent,
    })),
    rules: [],
  };
}

function listOf(node: PictureNode, maxTextWidth: number): Row[] {
  const rows: Row[] = [];
  const list = (word: string, names: readonly string[], style: SpanStyle): void => {
    const [first, ...rest] = names;
    if (first === undefined) return;
    const lines = wrapped([`${word} ${first}`, ...rest], ', ', FONT_SIZES.small, maxTextWidth);
    rows.push(...lines.map((text, index) => row(text, style, index === 0 ? 0 : LIST_INDENT)));
  };
  list('runs', node.invokes, 'actor');
  list('starts', node.spawns, 'actor');
  list('on entry:', node.entry, 'note');
  list('on exit:', node.exit, 'note');
  for (const { event, targetIds } of node.failures) {
    rows.push(row(`${event} → ${keyOf(targetIds[0] ?? '')}`, 'event', 0));
  }
  for (const [word, transitions] of [
    ['again on', node.again],
    ['stays on', node.staying],
  ] as const) {
    if (transitions.length === 0) continue;
    rows.push(row(word, 'note', 0));
    const phrases = distinct(transitions.map(phraseOf));
    for (const each of rowsOf(phrases, FONT_SIZES.small, maxTextWidth - LIST_INDENT)) {
      rows.push({ ...each, indent: each.indent + LIST_INDENT });
    }
  }
  return rows;
}

const LIST_INDENT = 9;

function row(text: string, style: SpanStyle, indent: number): Row {
  const span: Span = { text, style };
  return { spans: [span], indent };
}

class FaceBuilder {
  readonly #isCentred: boolean;
  readonly #rows: FaceRow[] = [];
  readonly #rules: number[] = [];
  #bottom = PADDING_Y;

  constructor(isCentred: boolean) {
    this.#isCentred = isCentred;
  }

  title(text: string): void {
    this.#bottom += LINE_HEIGHTS.title;
    // Bold is a little wider than the measured face.
    const width = textWidth(text, FONT_SIZES.title) * 1.06;
    const spans = [{ text, style: 'title' as const }];
    this.#add({ spans, isCentred: this.#isCentred, width, x: PADDING_X });
  }

  words(lines: readonly string[]): void {
    for (const text of lines) {
      this.#bottom += LINE_HEIGHTS.small;
      const width = textWidth(text, FONT_SIZES.small);
      this.#add({
        spans: [{ text, style: 'note' }],
        isCentred: this.#isCentred,
        width,
        x: PADDING_X,
      });
    }
  }

  rows(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    if (this.#rows.length > 0) {
      this.#rules.push(this.#bottom + RULE_GAP);
      this.#bottom += 2 * RULE_GAP - 1;
    }
    for (const { spans, indent } of rows) {
      this.#bottom += LINE_HEIGHTS.small;
      const width = rowWidth({ spans, indent: 0 }, FONT_SIZES.small);
      this.#add({ spans, isCentred: false, width, x: PADDING_X + indent });
    }
  }

  done(): Face {
    const widest = Math.max(...this.#rows.map(({ x, width }) => x + width));
    return {
      width: Math.max(MIN_WIDTH, Math.ceil(widest) + PADDING_X),
      height: Math.ceil(this.#bottom) + PADDING_Y,
      rows: this.#rows,
      rules: this.#rules,
    };
  }

  #add(row: Omit<FaceRow, 'baseline'>): void {
    this.#rows.push({ ...row, baseline: this.#bottom - BASELINE_RISE });
  }
}
