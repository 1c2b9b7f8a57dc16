/** As much of it as somebody reads, and how much it is. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… (${text.length.toLocaleString('en-US')} characters)`;
}
