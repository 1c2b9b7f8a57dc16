/** What stands inside a state's box, line by line, and how much room it takes. */
import type { PictureNode } from './picture.ts';
import { textWidth, wrapped } from './text.ts';

export type LineStyle = 'title' | 'invoke' | 'note';

interface FaceLine {
  readonly text: string;
  readonly style: LineStyle;
  /** Where its baseline is, from the top of the box. */
  readonly baseline: number;
}

export interface Face {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly FaceLine[];
}

export const FONT_SIZES: Readonly<Record<LineStyle | 'label', number>> = {
  title: 14,
  invoke: 11.5,
  note: 11,
  label: 11.5,
};
export const LABEL_LINE_HEIGHT = 15;
const LINE_HEIGHTS: Readonly<Record<LineStyle, number>> = { title: 19, invoke: 15, note: 14.5 };
const PADDING_X = 14;
const PADDING_Y = 8;
const MAX_NOTE_WIDTH = 220;
const MIN_WIDTH = 92;

export function faceOf(node: PictureNode): Face {
  if (node.kind === 'initial') return { width: 12, height: 12, lines: [] };
  if (node.kind === 'decision') return { width: 30, height: 30, lines: [] };
  const lines: FaceLine[] = [];
  let bottom = PADDING_Y;
  const add = (style: LineStyle, texts: readonly string[]): void => {
    for (const text of texts) {
      bottom += LINE_HEIGHTS[style];
      lines.push({ text, style, baseline: bottom - 4.5 });
    }
  };
  add('title', [node.title]);
  add('invoke', listed('runs', node.invokes));
  add('note', listed('on entry:', node.entry));
  add('note', listed('on exit:', node.exit));
  add('note', node.failures);
  add('note', listed('takes:', node.internal));
  const widest = Math.max(
    ...lines.map(
      ({ text, style }) => textWidth(text, FONT_SIZES[style]) * (style === 'title' ? 1.06 : 1),
    ),
  );
  return {
    width: Math.max(MIN_WIDTH, Math.ceil(widest) + 2 * PADDING_X),
    height: bottom + PADDING_Y,
    lines,
  };
}

function listed(word: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const [first = '', ...rest] = names;
  return wrapped([`${word} ${first}`, ...rest], ', ', FONT_SIZES.note, MAX_NOTE_WIDTH);
}
