/** Measuring and escaping text where there is no browser to ask. */

/** Advance widths of Helvetica (Arial and Liberation Sans share them), in thousandths of the font size. */
const WIDTHS: Readonly<Record<string, number>> = {
  ...widths(222, 'ijl'),
  ...widths(278, " !',./:;I[]ft\\|"),
  ...widths(333, '()`r-'),
  ...widths(355, '"'),
  ...widths(500, 'Jckvsxyz'),
  ...widths(584, '+<=>~'),
  ...widths(611, 'FTZ'),
  ...widths(667, '&ABEKPSVXY'),
  ...widths(722, 'CDHNRUw'),
  ...widths(778, 'GOQ'),
  ...widths(833, 'Mm'),
  ...widths(889, '%'),
  ...widths(944, 'W'),
};
const DEFAULT_WIDTH = 556;
/** Bold is wider, and a viewer's own sans-serif may be. */
const SLACK_RATIO = 1.08;

export function textWidth(text: string, fontSize: number): number {
  let thousandths = 0;
  for (const character of text) thousandths += WIDTHS[character] ?? DEFAULT_WIDTH;
  return Math.ceil((thousandths * fontSize * SLACK_RATIO) / 1_000);
}

/** Joins `parts` into lines no wider than `maxWidth`, unless one part alone is wider. */
export function wrapped(
  parts: readonly string[],
  separator: string,
  fontSize: number,
  maxWidth: number,
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}${separator}${part}`;
    if (line !== '' && textWidth(longer, fontSize) > maxWidth) {
      lines.push(`${line}${separator.trimEnd()}`);
      line = part;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A sentence in as few lines as `maxWidth` allows, all about as long as each other. */
export function balanced(sentence: string, fontSize: number, maxWidth: number): string[] {
  const words = sentence.split(' ').filter((word) => word !== '');
  const widest = wrapped(words, ' ', fontSize, maxWidth);
  for (let width = Math.ceil(maxWidth / 2); width < maxWidth; width += 4) {
    const lines = wrapped(words, ' ', fontSize, width);
    const isTooWide = lines.some((line) => textWidth(line, fontSize) > width);
    if (!isTooWide && lines.length === widest.length) return lines;
  }
  return widest;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function widths(thousandths: number, characters: string): Record<string, number> {
  return Object.fromEntries(Array.from(characters, (character) => [character, thousandths]));
}
