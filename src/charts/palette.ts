/** The colours of a picture, by day and by night. */

/** Every colour is `#rrggbb`. */
export interface Palette {
  readonly paper: string;
  readonly text: string;
  /** Descriptions, guards, and what happens on entry. */
  readonly muted: string;
  /** Actors that run or are started. */
  readonly actor: string;
  readonly line: string;
  readonly state: string;
  readonly compound: string;
  /** A compound state inside a compound state. */
  readonly nested: string;
  readonly border: string;
  readonly rule: string;
  readonly final: string;
  readonly finalBorder: string;
  readonly note: string;
  readonly noteBorder: string;
}

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    paper: '#ffffff',
    text: '#16202b',
    muted: '#4c5967',
    actor: '#0f5a94',
    line: '#5b6b7d',
    state: '#ffffff',
    compound: '#eff4fa',
    nested: '#e4ecf5',
    border: '#4a6b8c',
    rule: '#c3d0dd',
    final: '#eef0f3',
    finalBorder: '#4b5563',
    note: '#fff6dd',
    noteBorder: '#9a7a26',
  },
  dark: {
    paper: '#0d1117',
    text: '#e8eef5',
    muted: '#a9b6c4',
    actor: '#79c0ff',
    line: '#8b9bac',
    state: '#1b2430',
    compound: '#131b25',
    nested: '#18222e',
    border: '#6f93b8',
    rule: '#35465a',
    final: '#222a33',
    finalBorder: '#9aa7b5',
    note: '#33290f',
    noteBorder: '#c9a545',
  },
};

/** The ratio of two colours' luminance, from 1 to 21, as WCAG 2.2 defines it; text wants 4.5 and more. */
export function contrastRatio(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
